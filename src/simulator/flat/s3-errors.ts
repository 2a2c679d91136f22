import { type Reply, textReply } from '../http/reply.ts';

/** What S3 answers in place of data: status and text of each code. */
const ERRORS = {
  AccessDenied: [403, 'Access Denied'],
  AuthorizationHeaderMalformed: [400, 'The authorization header is malformed.'],
  InternalError: [500, 'We encountered an internal error. Please try again.'],
  InvalidAccessKeyId: [403, 'The AWS Access Key Id you provided does not exist in our records.'],
  InvalidArgument: [400, 'Invalid Argument'],
  InvalidRange: [416, 'The requested range is not satisfiable'],
  InvalidURI: [400, "Couldn't parse the specified URI."],
  MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
  NoSuchBucket: [404, 'The specified bucket does not exist'],
  NoSuchKey: [404, 'The specified key does not exist.'],
  PreconditionFailed: [412, 'At least one of the pre-conditions you specified did not hold'],
  RequestTimeTooSkewed: [403, 'The difference between the request time and the current time is too large.'],
  ServiceUnavailable: [503, 'Reduce your request rate.'],
  SignatureDoesNotMatch: [
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  TooManyRequests: [429, 'Please reduce your request rate.'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type S3ErrorCode = keyof typeof ERRORS;

/** An answer other than data; thrown by what answers a request. */
export class S3Error extends Error {
  readonly code: S3ErrorCode;
  /** Elements beside code and message. */
  readonly details: Readonly<Record<string, string>>;

  constructor(code: S3ErrorCode, details: Readonly<Record<string, string>> = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

/** The code of an injected status; undefined where S3 has none and a gateway would answer. */
export function codeOfStatus(status: number): S3ErrorCode | undefined {
  if (status === 404) return 'NoSuchKey';
  return (Object.keys(ERRORS) as S3ErrorCode[]).find(code => ERRORS[code][0] === status);
}

/** @param resource path that was asked for */
export function s3ErrorReply({ code, details }: S3Error, resource: string, requestId: string): Reply {
  const [status, message] = ERRORS[code];
  const elements = {
    Code: code,
    Message: message,
    ...details,
    Resource: resource,
    RequestId: requestId,
    HostId: requestId,
  };
  const body = Object.entries(elements).map(([name, value]) => `<${name}>${xmlText(value)}</${name}>`);
  return textReply(
    status,
    'application/xml',
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${body.join('')}</Error>`,
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
};

export function xmlText(text: string): string {
  return text.replace(/[<>&"']/g, character => ENTITIES[character]!);
}
