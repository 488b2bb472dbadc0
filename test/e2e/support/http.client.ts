/** An answer, its body as text and, where it is JSON, as data. */
export interface Answer<T> {
  readonly status: number;
  readonly text: string;
  readonly body: T;
}

/** Speaks JSON with an app under test. */
export class HttpClient {
  /** @param url without a slash at the end */
  constructor(private readonly url: string) {}

  async request<T>(method: string, path: string, payload?: object): Promise<Answer<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(payload && { body: JSON.stringify(payload) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, text, body: isJson ? JSON.parse(text) : undefined };
  }
}
