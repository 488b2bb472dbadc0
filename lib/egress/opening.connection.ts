import type { Socket } from 'node:net';
import { ConnectionError } from './connection.error.js';

/** A connection that is being opened, over one socket or over one after another. */
export class OpeningConnection {
  private socket: Socket | null = null;
  private fault: ConnectionError | null = null;

  /**
   * Resolves when the socket reports that it has come so far.
   * @throws ConnectionError when it was given up, or closed without an error; else the socket's error
   */
  reach(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
    this.socket = socket;
    return new Promise((resolve, reject) => {
      socket.once(event, resolve);
      // Stays there: an error that nobody listens to would end the process.
      socket.on('error', reject);
      socket.once('close', () =>
        reject(new ConnectionError('connect', 'The connection was closed at once.')),
      );
      if (this.fault) {
        socket.destroy(this.fault);
      }
    });
  }

  /** Ends it, at whatever step it is. */
  giveUp(fault: ConnectionError): void {
    this.fault = fault;
    this.socket?.destroy(fault);
  }
}
