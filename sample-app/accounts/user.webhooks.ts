import { ApiTags } from '@nestjs/swagger';
import { Webhook } from 'nestjs-webhooks';
import { UserDeletedDto } from './user-deleted.dto.js';

/** Events of users. */
@ApiTags('Users')
export class UserWebhooks {
  /** Sent, as a DELETE request, when a user has asked to be forgotten. */
  @Webhook('user.deleted', 'delete')
  userDeleted(_body: UserDeletedDto): void {}
}
