import { Module } from '@nestjs/common';
import { ReceivedController } from './received.controller.js';
import { ReceiverController } from './receiver.controller.js';
import { ReceiverService } from './receiver.service.js';

@Module({ controllers: [ReceiverController, ReceivedController], providers: [ReceiverService] })
export class ReceiverModule {}
