import { IsString, MaxLength } from 'class-validator';

/** A customer's notice. */
export class CancelDto {
  /**
   * Id of the plan subscription, as `POST /subscribe` gave it.
   * @example 'ps_7f3a'
   */
  @IsString()
  @MaxLength(64)
  id!: string;
}
