/** What tells one version of a file from another: Massive replaces files that are already published. */
export interface FileIdentity {
  /** As the store gives it, quotes included. */
  readonly etag: string;
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly lastModifiedMs: number;
}

export interface ListedFile extends FileIdentity {
  readonly key: string;
}

export interface GetOptions {
  /** The first byte that is wanted. */
  readonly from?: number;
  /** Only if this is still the file's ETag. */
  readonly ifMatch?: string;
  readonly signal: AbortSignal;
}

/** What came of asking for a file. A body that is not read to its end must be left with `return`, as for-await does. */
export type GetResult =
  | {
      readonly kind: 'body';
      readonly identity: FileIdentity;
      /** Where the body begins: the first byte asked for, or 0 from a store that does not know ranges. */
      readonly fromByte: number;
      readonly body: AsyncIterable<Uint8Array>;
    }
  /** There is no such file, as on a holiday. */
  | { readonly kind: 'missing' }
  /** The file is not the one of `ifMatch` any more. */
  | { readonly kind: 'changed' };

/**
 * Where flat files are: an S3 bucket or a folder with the same keys. A file that does not exist is a result; what else
 * goes wrong is a FlatFileError.
 */
export interface FlatStore {
  /** For messages: an address or a folder, never with a secret. */
  readonly place: string;
  /** All files whose key begins with `prefix`, in the order of their keys; any number, page by page. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<ListedFile>;
  /** Undefined where there is no such file. */
  head(key: string, signal: AbortSignal): Promise<FileIdentity | undefined>;
  get(key: string, options: GetOptions): Promise<GetResult>;
  /** Where the file is on this machine already, so that it need not be copied; undefined where it is not. */
  localPath(key: string): string | undefined;
  /** Closes its connections, once nothing is asked any more. */
  close(): Promise<void>;
}

export function isSameFile(left: FileIdentity, right: FileIdentity): boolean {
  return (
    left.etag === right.etag &&
    left.sizeBytes === right.sizeBytes &&
    left.lastModifiedMs === right.lastModifiedMs
  );
}
