import { Module } from '@nestjs/common';
import { WebhooksModule, type WebhooksModuleOptions } from 'nestjs-webhooks';
import { AccountsModule } from './accounts/accounts.module.js';
import { Database } from './database/database.js';
import { DatabaseModule } from './database/database.module.js';
import { deliveryEngine } from './delivery.engine.js';
import { OrdersModule } from './orders/orders.module.js';
import { ReceiverModule } from './receiver/receiver.module.js';
import { WebhooksConfigModule } from './webhooks-config/webhooks-config.module.js';

/** What the webhooks of the shop are told: all of it here, but for what the environment adds as JSON. */
function webhooksOptions(database: Database): WebhooksModuleOptions {
  const fromOutside: WebhooksModuleOptions = JSON.parse(process.env.WEBHOOK_OPTIONS || '{}');
  return {
    store: database.webhookStore(),
    engine: deliveryEngine(),
    // Receivers on this machine can be reached, as this is an example. Leave `egress` out in
    // production: then only https and public addresses are.
    egress: { allow: ['127.0.0.1/32'], http: true },
    ...fromOutside,
  };
}

@Module({
  imports: [
    DatabaseModule,
    WebhooksModule.forRootAsync({ inject: [Database], useFactory: webhooksOptions }),
    AccountsModule,
    OrdersModule,
    WebhooksConfigModule,
    ReceiverModule,
  ],
})
export class AppModule {}
