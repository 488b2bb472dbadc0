import { connect } from 'node:net';
import { Script } from './receiver.js';

/**
 * What a proxy does with CONNECT: opens a connection to the port that is asked for, on this machine
 * whatever the name, and hands the bytes over both ways.
 */
export const tunnel: Script = (socket, { target }) => {
  const upstream = connect(Number(target.split(':').at(-1)), '127.0.0.1');
  upstream.on('error', () => socket.destroy());
  upstream.on('close', () => socket.destroy());
  socket.on('close', () => upstream.destroy());
  upstream.once('connect', () => {
    socket.removeAllListeners('data');
    socket.write('HTTP/1.1 200 Connection established\r\nvia: 1.1 proxy\r\n\r\n');
    socket.pipe(upstream).pipe(socket);
  });
};
