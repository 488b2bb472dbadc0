// An application that declares so many event types.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApiProperty, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { IsInt, IsString } from 'class-validator';
import { Webhook, WebhooksModule } from 'nestjs-webhooks';

const { eventTypes } = JSON.parse(process.argv[2]);
const PER_CLASS = 10;

function dtoOf(index) {
  const Dto = { [`Thing${index}Dto`]: class {} }[`Thing${index}Dto`];
  IsString()(Dto.prototype, 'id');
  ApiProperty({ type: String })(Dto.prototype, 'id');
  IsInt()(Dto.prototype, 'total');
  ApiProperty({ type: Number })(Dto.prototype, 'total');
  return Dto;
}

function stubsOf(first) {
  const Stubs = { [`Things${first}Webhooks`]: class {} }[`Things${first}Webhooks`];
  for (let index = first; index < Math.min(eventTypes, first + PER_CLASS); index++) {
    const name = `thing${index}`;
    Object.defineProperty(Stubs.prototype, name, {
      value: { [name]() {} }[name],
      configurable: true,
    });
    Reflect.defineMetadata('design:paramtypes', [dtoOf(index)], Stubs.prototype, name);
    const stub = Object.getOwnPropertyDescriptor(Stubs.prototype, name);
    Webhook(`thing${index}.changed`)(Stubs.prototype, name, stub);
  }
  return Stubs;
}

const providers = [];
for (let first = 0; first < eventTypes; first += PER_CLASS) providers.push(stubsOf(first));
class AppModule {}
Module({ imports: [WebhooksModule.forRoot()], providers })(AppModule);

const begun = performance.now();
const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.init();
const started = performance.now();
const config = new DocumentBuilder().setOpenAPIVersion('3.1.0').build();
const plain = SwaggerModule.createDocument(app, config);
const created = performance.now();
const document = WebhooksModule.extendDocument(app, plain);
const extended = performance.now();
if (Object.keys(document.webhooks).length !== eventTypes) throw new Error('Webhooks are missing.');
process.send({ start: started - begun, document: extended - created });
