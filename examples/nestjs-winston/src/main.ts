// A NestJS service with nest-winston: a filter logs what a controller throws, with its request.
import 'reflect-metadata'
import {
  type ArgumentsHost,
  BadGatewayException,
  Catch,
  Controller,
  Get,
  HttpException,
  Module,
  NotFoundException,
  Param,
} from '@nestjs/common'
import { BaseExceptionFilter, HttpAdapterHost, NestFactory } from '@nestjs/core'
import { WinstonModule } from 'nest-winston'
import winston from 'winston'
import { AlertTransport } from 'winston-alert-transport'

@Controller('orders')
class OrdersController {
  @Get(':id/pay')
  pay(@Param('id') id: string): never {
    if (id === 'none') throw new NotFoundException('no such order')
    throw new BadGatewayException(`card gateway timeout for order ${id}`)
  }
}

const logger = winston.createLogger({
  format: winston.format.json(),
  transports: [
    new winston.transports.Console(),
    new AlertTransport({
      service: 'shop',
      handleSignals: true,
      // NestJS logs unknown errors by itself. The filter says the same, and more.
      rules: [{ name: 'said twice', match: { context: 'ExceptionsHandler' }, severity: 'off' }],
      // Without a channel alerts appear as cards on stderr.
      channels: process.env['SLACK_URL'] ? { slack: { url: '${SLACK_URL}' } } : {},
    }),
  ],
})

/** NestJS logs no HttpException, not even one that says that the service failed. */
@Catch()
class LogFailures extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    const statusCode = error instanceof HttpException ? error.getStatus() : 500
    const { method, originalUrl: url, headers } = host.switchToHttp().getRequest()
    if (statusCode >= 500)
      logger.error({
        message: 'request failed',
        err: error,
        req: { id: headers['x-request-id'], method, url },
        res: { statusCode },
      })
    super.catch(error, host)
  }
}

@Module({ controllers: [OrdersController] })
class AppModule {}

const app = await NestFactory.create(AppModule, {
  logger: WinstonModule.createLogger({ instance: logger }),
  forceCloseConnections: true,
})
app.useGlobalFilters(new LogFailures(app.get(HttpAdapterHost).httpAdapter))
app.enableShutdownHooks()

// Twenty customers try to pay, one asks for an unknown order: one problem, one message.
await app.listen(0, '127.0.0.1')
const address = await app.getUrl()
for (let id = 1001; id <= 1020; id += 1) await visit(String(id))
await visit('none')
await app.close()

function visit(id: string) {
  return fetch(`${address}/orders/${id}/pay`, { headers: { 'x-request-id': `order-${id}` } })
}
