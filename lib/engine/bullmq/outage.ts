import { Logger } from '@nestjs/common';

/** Tells once that the queue fails, however many errors follow, and once that it works again. */
export class Outage {
  private readonly logger = new Logger('BullMqEngine');
  private lasting = false;

  note(error: unknown): void {
    if (this.lasting) return;
    this.lasting = true;
    // Only the message: the errors of Redis clients also hold the command, which may be a password.
    const why = error instanceof Error ? error.message : String(error);
    this.logger.warn(`The queue fails; deliveries go on by sweeps until it is back: ${why}`);
  }

  end(): void {
    if (this.lasting) this.logger.log('The queue works again.');
    this.lasting = false;
  }
}
