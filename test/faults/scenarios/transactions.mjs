/** What is rolled back never arrives; what is committed does, whoever dies then. */
export async function inTransactions(world) {
  const sender = await world.start('sender');
  await world.subscribe(sender, 'shop');
  for (let index = 0; index < 10; index++) {
    world.refused.add(`rolled back ${index}`);
    await sender.ask('transaction', { marker: `rolled back ${index}`, end: 'rollback' });
    const marker = `committed ${index}`;
    const { eventId } = await sender.ask('transaction', { marker, end: 'commit' });
    world.accepted.set(marker, eventId);
  }
  const marker = 'committed and died';
  const dying = sender.ask('transaction', { marker, end: 'die' }).catch(() => {});
  await world.died(sender);
  await dying;
  world.accepted.set(marker, sender.notes.at(-1).eventId);
  await world.start('survivor');
  await world.allEnded();
}
