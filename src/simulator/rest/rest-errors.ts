import { jsonReply, type Reply, textReply } from '../http/reply.ts';

/** An answer other than data; thrown by what answers a request. */
export class RestRefusal extends Error {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;

  /** @param body without the request's id, which comes second in what is sent */
  constructor(status: number, body: Readonly<Record<string, string>>) {
    super(`${status}`);
    this.status = status;
    this.body = body;
  }
}

export function badRequest(error: string): RestRefusal {
  return new RestRefusal(400, { status: 'ERROR', error });
}

export const UNKNOWN_KEY = new RestRefusal(401, { status: 'ERROR', error: 'Unknown API Key' });

export const NO_KEY = new RestRefusal(401, { status: 'ERROR', error: 'API Key was not provided' });

export const NOT_ENTITLED = new RestRefusal(403, {
  status: 'NOT_AUTHORIZED',
  message: 'You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing',
});

export const NO_SUCH_TICKER = new RestRefusal(404, { status: 'NOT_FOUND', message: 'Ticker not found.' });

export const RETIRED = new RestRefusal(404, {
  status: 'NOT_FOUND',
  message: 'This endpoint is deprecated and has been removed.',
});

export const TOO_MANY_REQUESTS = new RestRefusal(429, {
  status: 'ERROR',
  error:
    "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue.",
});

export const NO_SUCH_PATH = textReply(404, 'text/plain', '404 page not found');

/** What a gateway in front of the service answers. */
const GATEWAY_PAGES: Readonly<Record<number, string>> = {
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

export function refusalReply({ status, body }: RestRefusal, requestId: string): Reply {
  const { status: name, ...text } = body;
  return jsonReply(status, { status: name, request_id: requestId, ...text });
}

/** The error of a status, as the service or the gateway before it writes it. */
export function errorReply(status: number, requestId: string): Reply {
  const known = [UNKNOWN_KEY, NOT_ENTITLED, NO_SUCH_TICKER, TOO_MANY_REQUESTS].find(
    refusal => refusal.status === status,
  );
  if (known) return refusalReply(known, requestId);
  const page = GATEWAY_PAGES[status];
  if (page !== undefined) {
    const title = `${status} ${page}`;
    return textReply(
      status,
      'text/html',
      `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
    );
  }
  const error = status === 400 ? 'The request is not valid.' : 'Internal Server Error';
  return refusalReply(new RestRefusal(status, { status: 'ERROR', error }), requestId);
}
