/** What a process does when its parent asks. */
export function commandsOf({ webhooks, pool }) {
  const held = [];
  return {
    send: ({ marker, key, orderingKey }) =>
      webhooks.send('order.paid', { id: marker }, { idempotencyKey: key, orderingKey }),

    subscribe: ({ subscription }) => webhooks.subscribe(subscription),
    disable: ({ id }) => webhooks.subscriptions.disable(id),
    delete: ({ id }) => webhooks.subscriptions.delete(id),
    rotate: ({ id, ...options }) => webhooks.subscriptions.rotateSecret(id, options),

    async transaction({ marker, end }) {
      const client = await pool.connect();
      await client.query('BEGIN');
      const sent = await webhooks.send('order.paid', { id: marker }, { transaction: client });
      await new Promise((resolve) => process.send({ note: sent }, resolve));
      await client.query(end === 'rollback' ? 'ROLLBACK' : 'COMMIT');
      if (end === 'die') process.kill(process.pid, 'SIGKILL');
      client.release();
      return sent;
    },

    /** Takes so many connections of the pool, as other parts of an application may. */
    async hold({ count }) {
      for (let index = 0; index < count; index++) held.push(await pool.connect());
    },

    giveBack() {
      for (const client of held.splice(0)) client.release();
    },
  };
}
