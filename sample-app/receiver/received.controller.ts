import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type ReceivedWebhook, ReceiverService } from './receiver.service.js';

/** Shows what the receiver has handled. */
@ApiExcludeController()
@Controller('receiver/received')
export class ReceivedController {
  constructor(private readonly receiver: ReceiverService) {}

  @Get()
  list(): Promise<readonly ReceivedWebhook[]> {
    return this.receiver.latest();
  }
}
