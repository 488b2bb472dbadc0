import { Agent, request } from 'node:http';
import { signed } from '../support/event.mjs';

export const title = '`node:http`, keep-alive';

export async function start({ urls }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  return {
    send(number, payload) {
      const { body, headers } = signed(number, payload);
      headers['content-length'] = Buffer.byteLength(body);
      return new Promise((resolve, reject) => {
        const options = { agent, method: 'POST', headers };
        const outgoing = request(urls[number % urls.length], options, (answer) => {
          answer.on('end', resolve).on('error', reject).resume();
        });
        outgoing.on('error', reject).end(body);
      });
    },
    close: async () => agent.destroy(),
  };
}
