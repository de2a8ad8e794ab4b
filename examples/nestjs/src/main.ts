// A NestJS service with nestjs-pino: what a controller throws is logged with the request's id, and alerted.
import 'reflect-metadata'
import { Controller, Get, Module, Param } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Logger, LoggerErrorInterceptor, LoggerModule } from 'nestjs-pino'

@Controller('orders')
class OrdersController {
  @Get(':id/pay')
  pay(@Param('id') id: string): never {
    throw new Error(`card gateway timeout for order ${id}`)
  }
}

@Module({
  imports: [
    LoggerModule.forRoot({
      pinoHttp: {
        transport: {
          targets: [
            { target: 'pino/file', options: { destination: 1 } },
            {
              target: 'pino-alert-transport',
              level: 'error',
              options: {
                service: 'shop',
                // Without a channel alerts appear as cards on stderr.
                channels: process.env['SLACK_URL'] ? { slack: { url: '${SLACK_URL}' } } : {},
              },
            },
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

// Twenty customers try to pay, then the service ends: one problem, one message.
await app.listen(0, '127.0.0.1')
const address = await app.getUrl()
for (let id = 1001; id <= 1020; id += 1) await fetch(`${address}/orders/${id}/pay`)
await app.close()
