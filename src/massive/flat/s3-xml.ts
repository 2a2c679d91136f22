import { XmlElement as Element, parseXml, type XmlElement } from '@rgrove/parse-xml';
import { FlatStoreAnswerError } from './errors.ts';
import type { ListedFile } from './store.ts';

/** A page of ListObjectsV2. */
export interface ListingPage {
  readonly files: readonly ListedFile[];
  /** What to ask the next page with; undefined on the last one. */
  readonly nextToken: string | undefined;
}

const MS_PER_SECOND = 1000;

/**
 * Reads a page of ListObjectsV2. Source: Amazon S3 API reference, ListObjectsV2.
 *
 * @param place for messages
 * @throws FlatStoreAnswerError where it is none
 */
export function listingOf(xml: string, place: string): ListingPage {
  const root = rootOf(xml);
  if (root?.name !== 'ListBucketResult') {
    throw new FlatStoreAnswerError(`${place} answers a listing with something else`, shown(xml));
  }
  const files = childrenOf(root, 'Contents').map(contents => fileOf(contents, place));
  const nextToken = textIn(root, 'NextContinuationToken');
  if (textIn(root, 'IsTruncated') !== 'true') return { files, nextToken: undefined };
  if (!nextToken)
    throw new FlatStoreAnswerError(`${place} cuts a listing without saying how to go on`, shown(xml));
  return { files, nextToken };
}

/** The code of an S3 error, such as `NoSuchKey`; undefined where the text is no error of S3. */
export function errorCodeOf(xml: string): string | undefined {
  const root = rootOf(xml);
  return root?.name === 'Error' ? textIn(root, 'Code') : undefined;
}

/** Listings know fractions of a second, headers do not: both are told to the second. */
export function toTheSecond(ms: number): number {
  return Math.floor(ms / MS_PER_SECOND) * MS_PER_SECOND;
}

function fileOf(contents: XmlElement, place: string): ListedFile {
  const key = textIn(contents, 'Key');
  const etag = textIn(contents, 'ETag');
  const sizeBytes = Number(textIn(contents, 'Size') || Number.NaN);
  const lastModifiedMs = toTheSecond(Date.parse(textIn(contents, 'LastModified') ?? ''));
  if (!key || !etag || !Number.isSafeInteger(sizeBytes) || Number.isNaN(lastModifiedMs)) {
    throw new FlatStoreAnswerError(
      `${place} lists a file without key, ETag, size or date`,
      shown(contents.text),
    );
  }
  return { key, etag, sizeBytes, lastModifiedMs };
}

function rootOf(xml: string): XmlElement | undefined {
  try {
    return parseXml(xml).root ?? undefined;
  } catch {
    return undefined;
  }
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter(
    (child): child is XmlElement => child instanceof Element && child.name === name,
  );
}

function textIn(element: XmlElement, name: string): string | undefined {
  return childrenOf(element, name)[0]?.text;
}

function shown(text: string): string {
  return `'${text.trim().slice(0, 200)}'`;
}
