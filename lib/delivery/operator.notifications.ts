import { Injectable, OnModuleInit } from '@nestjs/common';
import type { Notifier } from '../notifications/notifier.js';
import { operatorDefinition, OperatorOptions } from '../notifications/operator.webhooks.js';
import type { Dispatcher } from './dispatcher.js';

/** Sends notifications as webhooks to the operator's subscriptions. */
@Injectable()
export class OperatorNotifications implements OnModuleInit {
  constructor(
    private readonly operator: Required<OperatorOptions> | null,
    private readonly notifier: Notifier,
    private readonly dispatcher: Dispatcher,
  ) {}

  onModuleInit(): void {
    if (this.operator === null) return;
    const { tenant, notifications } = this.operator;
    this.notifier.connect(notifications, async (name, notification) => {
      // Telling the operator of his own deliveries would never end.
      if (notification.tenant === tenant) return;
      await this.dispatcher.notify(operatorDefinition(name), notification, tenant);
    });
  }
}
