import { ApiExtraModels, ApiProperty, getSchemaPath, PickType } from '@nestjs/swagger';

export enum Currency {
  Euro = 'EUR',
  Dollar = 'USD',
}

export class CardDto {
  @ApiProperty({ enum: ['card'] })
  kind!: 'card';

  @ApiProperty({ example: '4242' })
  lastDigits!: string;
}

export class TransferDto {
  @ApiProperty({ enum: ['transfer'] })
  kind!: 'transfer';

  @ApiProperty({ format: 'iban' })
  account!: string;
}

export class LineDto {
  @ApiProperty()
  sku!: string;

  @ApiProperty({ minimum: 1 })
  quantity!: number;
}

export class CategoryDto {
  @ApiProperty()
  name!: string;

  @ApiProperty({ type: () => CategoryDto, nullable: true })
  parent!: CategoryDto | null;
}

@ApiExtraModels(CardDto, TransferDto)
export class OrderDto {
  @ApiProperty({ example: 'ord_1' })
  id!: string;

  @ApiProperty({ enum: Currency, enumName: 'Currency', description: 'Of all amounts' })
  currency!: Currency;

  @ApiProperty({ type: [LineDto] })
  lines!: LineDto[];

  @ApiProperty({ type: CategoryDto })
  category!: CategoryDto;

  @ApiProperty()
  paidAt!: Date;

  @ApiProperty({
    oneOf: [{ $ref: getSchemaPath(CardDto) }, { $ref: getSchemaPath(TransferDto) }],
    discriminator: {
      propertyName: 'kind',
      mapping: { card: getSchemaPath(CardDto), transfer: getSchemaPath(TransferDto) },
    },
  })
  payment!: CardDto | TransferDto;
}

export class OrderKeyDto extends PickType(OrderDto, ['id', 'currency']) {}

export class AcknowledgementDto {
  @ApiProperty()
  receivedAt!: string;
}
