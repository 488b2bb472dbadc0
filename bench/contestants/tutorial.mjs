import axios from 'axios';
import { signed } from '../support/event.mjs';

export const title = '`axios.post`, one after another';
export const callers = 1;

export async function start({ urls }) {
  return {
    async send(number, payload) {
      const { body, headers } = signed(number, payload);
      await axios.post(urls[number % urls.length], body, { headers });
    },
    close: async () => {},
  };
}
