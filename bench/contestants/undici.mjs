import { Agent, request } from 'undici';
import { signed } from '../support/event.mjs';

export const title = 'undici `request`, the raw client';

export async function start({ urls }) {
  const dispatcher = new Agent({ connections: 8 });
  return {
    async send(number, payload) {
      const url = urls[number % urls.length];
      const answer = await request(url, { dispatcher, method: 'POST', ...signed(number, payload) });
      await answer.body.dump();
    },
    close: () => dispatcher.close(),
  };
}
