import { gunzipSync } from 'node:zlib';
import aws4 from 'aws4';
import { expect } from 'chai';

/** Asks the simulator's S3, with another implementation of signatures. */
export class FileClient {
  readonly #url: URL;
  readonly #credentials: { accessKeyId: string; secretAccessKey: string };

  constructor(url: string, accessKeyId = 'demo', secretAccessKey = 'demo-secret') {
    this.#url = new URL(url);
    this.#credentials = { accessKeyId, secretAccessKey };
  }

  /** @param date wall clock of the request, as in X-Amz-Date */
  async fetch(
    path: string,
    {
      method = 'GET',
      headers = {},
      date,
    }: { method?: string; headers?: Record<string, string>; date: string },
  ): Promise<Response> {
    const signed = aws4.sign(
      {
        host: this.#url.host,
        path,
        method,
        service: 's3',
        region: 'us-east-1',
        headers: { ...headers, 'X-Amz-Date': date },
      },
      this.#credentials,
    );
    const { Host: _, ...sent } = signed.headers as Record<string, string>;
    return fetch(this.#url.origin + path, { method, headers: sent });
  }

  async lines(key: string, date: string): Promise<string[]> {
    const response = await this.fetch(`/flatfiles/${key}`, { date });
    expect(response.status).to.equal(200);
    return gunzipSync(Buffer.from(await response.arrayBuffer()))
      .toString()
      .trimEnd()
      .split('\n');
  }
}
