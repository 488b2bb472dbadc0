import axios from 'axios';
import { signed } from '../support/event.mjs';

export const title = '`Promise.all` of `axios.post`';

export async function start({ urls }) {
  return {
    async send(number, payload) {
      const { body, headers } = signed(number, payload);
      await Promise.all(urls.map((url) => axios.post(url, body, { headers })));
    },
    close: async () => {},
  };
}
