/** An answer of the shop. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What the shop says of an error. */
export function messageOf({ text }: Answer): string {
  const { message }: { readonly message: string } = JSON.parse(text);
  return message;
}

/** The shop, as its customers reach it: over HTTP. */
export class Shop {
  constructor(readonly url: string) {}

  async get(path: string): Promise<Answer> {
    return this.request('GET', path);
  }

  async post(path: string, body: object = {}, headers?: Record<string, string>): Promise<Answer> {
    return this.request('POST', path, JSON.stringify(body), headers);
  }

  /** Places an order and gives its id. */
  async order(): Promise<string> {
    const items = [{ sku: 'tea-assam-250', quantity: 2, price: 1_250 }];
    const { text } = await this.post('/orders', { customerId: 'cus_42', items });
    return readId(text);
  }

  /** The ids of all orders. */
  async orderIds(): Promise<readonly string[]> {
    const { text } = await this.get('/orders');
    const orders: readonly { readonly id: string }[] = JSON.parse(text);
    return orders.map(({ id }) => id);
  }

  /** Subscribes a customer to a plan and gives the plan subscription's id. */
  async subscribe(): Promise<string> {
    const { text } = await this.post('/subscribe', { customerId: 'cus_42', plan: 'pro' });
    return readId(text);
  }

  private async request(
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, text: await response.text() };
  }
}

function readId(text: string): string {
  const { id }: { readonly id: string } = JSON.parse(text);
  return id;
}
