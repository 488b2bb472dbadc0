import { Module } from '@nestjs/common';
import { WebhooksModule } from 'nestjs-webhooks';
import { AccountsModule } from './accounts/accounts.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { ReceiverModule } from './receiver/receiver.module.js';
import { WebhooksConfigModule } from './webhooks-config/webhooks-config.module.js';

@Module({
  imports: [
    // Receivers on this machine can be reached, as this is an example. Leave `egress` out in
    // production: then only https and public addresses are.
    WebhooksModule.forRoot({ egress: { allow: ['127.0.0.1/32'], http: true } }),
    AccountsModule,
    OrdersModule,
    WebhooksConfigModule,
    ReceiverModule,
  ],
})
export class AppModule {}
