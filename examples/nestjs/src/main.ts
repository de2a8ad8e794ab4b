// A NestJS service with nestjs-pino: what a controller throws is logged with the request's id, and alerted,
// also an HttpException, which NestJS itself does not log.
import 'reflect-metadata'
import { BadGatewayException, Controller, Get, Module, NotFoundException, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Logger, LoggerErrorInterceptor, LoggerModule } from 'nestjs-pino'
import { alertTransport } from 'pino-alert-transport'

@Controller('orders')
class OrdersController {
  @Get(':id/pay')
  pay(@Param('id') id: string): never {
    if (id === 'none') throw new NotFoundException('no such order')
    if (id === '1020') throw new TypeError('no card in the cart')
    throw new BadGatewayException(`card gateway timeout for order ${id}`)
  }
}

@Module({
  imports: [
    LoggerModule.forRoot({
      pinoHttp: {
        transport: {
          targets: [
            { target: 'pino/file', options: { destination: 1 } },
            // No `level` beside it: pino-http logs requests at 'info', also those that failed.
            alertTransport({
              service: 'shop',
              // Sends what is pending at SIGTERM, then NestJS calls its shutdown hooks.
              handleSignals: true,
              // NestJS logs unknown errors by itself. The record of the request says the same, and more.
              rules: [{ name: 'said twice', match: { context: 'ExceptionsHandler' }, severity: 'off' }],
              // Without a channel alerts appear as cards on stderr.
              channels: process.env['SLACK_URL'] ? { slack: { url: '${SLACK_URL}' } } : {},
            }),
          ],
        },
      },
    }),
  ],
  controllers: [OrdersController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { bufferLogs: true, forceCloseConnections: true })
app.useLogger(app.get(Logger))
// The request's own line then holds the error that was thrown, not only "failed with status code 500".
app.useGlobalInterceptors(new LoggerErrorInterceptor())
app.enableShutdownHooks()

// Twenty customers try to pay, one asks for an unknown order: two problems, one message.
await app.listen(0, '127.0.0.1')
const address = await app.getUrl()
for (let id = 1001; id <= 1020; id += 1) await fetch(`${address}/orders/${id}/pay`)
await fetch(`${address}/orders/none/pay`)
await app.close()
