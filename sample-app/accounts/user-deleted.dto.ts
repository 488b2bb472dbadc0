import { IsString } from 'class-validator';

/** All that is left to say of a deleted user. */
export class UserDeletedDto {
  /**
   * Id of the user: delete what you keep under it.
   * @example 'cus_42'
   */
  @IsString()
  userId!: string;
}
