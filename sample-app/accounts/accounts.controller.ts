import { Body, Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AccountsService } from './accounts.service.js';
import { CancelDto } from './cancel.dto.js';
import { PlanSubscriptionDto } from './plan-subscription.dto.js';
import { SubscribeDto } from './subscribe.dto.js';

@ApiTags('Accounts')
@Controller()
export class AccountsController {
  constructor(private readonly accounts: AccountsService) {}

  /** Subscribes a customer to a plan. */
  @Post('subscribe')
  subscribe(@Body() body: SubscribeDto): Promise<PlanSubscriptionDto> {
    return this.accounts.subscribe(body);
  }

  /** Cancels a plan subscription. */
  @Post('cancel')
  @HttpCode(204)
  cancel(@Body() { id }: CancelDto): Promise<void> {
    return this.accounts.cancel(id);
  }

  /** Deletes a user and all their plan subscriptions. */
  @Delete('users/:id')
  @HttpCode(204)
  deleteUser(@Param('id') id: string): Promise<void> {
    return this.accounts.deleteUser(id);
  }
}
