import { Logger } from '@nestjs/common';
import { startApp } from './create-app.js';

const app = await startApp(Number(process.env.PORT ?? 3000));
new Logger('Shop').log(`Open ${await app.getUrl()}/docs`);
