import { expect } from 'chai';

export interface RestBar {
  readonly T?: string;
  readonly t: number;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v?: number;
  readonly vw?: number;
  readonly n?: number;
}

export interface RestBody {
  readonly status?: string;
  readonly error?: string;
  readonly message?: string;
  readonly results?: readonly RestBar[];
  readonly resultsCount?: number;
  readonly queryCount?: number;
  readonly next_url?: string;
  readonly [name: string]: unknown;
}

/** Asks a simulator as anybody might. */
export class RestClient {
  readonly url: string;
  readonly key: string;

  constructor(url: string, key = 'demo') {
    this.url = url;
    this.key = key;
  }

  fetch(path: string, headers: Record<string, string> = {}): Promise<Response> {
    const address = path.startsWith('http') ? path : this.url + path;
    return fetch(address, { headers: { authorization: `Bearer ${this.key}`, ...headers } });
  }

  async get(path: string, status = 200): Promise<RestBody> {
    const response = await this.fetch(path);
    const text = await response.text();
    expect(response.status, text).to.equal(status);
    return JSON.parse(text) as RestBody;
  }

  /** All pages, in order. */
  async pages(path: string): Promise<RestBody[]> {
    const pages = [await this.get(path)];
    for (let next = pages[0]!.next_url; next !== undefined; next = pages.at(-1)!.next_url) {
      expect(next).not.to.include(this.key);
      pages.push(await this.get(next));
    }
    return pages;
  }

  async bars(path: string): Promise<RestBar[]> {
    return (await this.pages(path)).flatMap(({ results = [] }) => results);
  }
}
