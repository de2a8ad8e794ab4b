/**
 * Slack, by incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks) or,
 * with the token of an app, by its Web API: then each alert has a thread of its own.
 */

import { isLoopback } from '../../http/proxy.ts'
import { createHttpSender } from '../../provider/http-sender.ts'
import * as z from '../../provider/light-zod.ts'
import {
  asList,
  countGiven,
  endpoint,
  postAddress,
  sharedAmong,
  together,
} from '../../provider/option-fields.ts'
import { defineProvider, secret } from '../../provider/provider.ts'
import { option } from '../../provider/schema.ts'
import { maxChars, writeSlack } from './slack-body.ts'
import { toSlackReceipt } from './slack-reply.ts'
import { createSlackThreads } from './slack-threads.ts'

const options = () =>
  z
    .object({
      url: postAddress('Address of the incoming webhook; several share the messages', (url) =>
        url.protocol === 'https:' || isLoopback(url.hostname)
          ? undefined
          : 'must start with https://: the address itself is the secret',
      ),
      token: secret(
        option(
          z
            .string()
            .check(
              z.regex(/^xox[a-z](?:\.xox[a-z])?-\S+$/, "must be the bot's token, which starts with xoxb-"),
            ),
          'Token of an app with the scope chat:write, in place of `url`: then alerts have threads',
        ),
      ),
      channel: option(
        z
          .string()
          .check(
            z.regex(
              /^(?:[CDGUW][A-Z0-9]{2,}|#[^\s#]+)$/,
              "must be a channel's id such as C012AB3CD (channel → About), or #name",
            ),
          ),
        'Where `token` writes to: the id of a channel, or #name',
      ),
      endpoint: endpoint('https://slack.com/api', 'Web API that `token` is for'),
    })
    .check(
      z.refine(
        (value) => countGiven(value, 'url', 'token') === 1,
        together(
          'needs `url` (of an incoming webhook, https://hooks.slack.com/services/…), or `token` and `channel` instead',
          ['url'],
        ),
      ),
      z.refine(
        (value) => countGiven(value, 'token') === 0 || countGiven(value, 'channel') === 1,
        together('is missing: `token` needs the channel to write to', ['channel']),
      ),
      z.refine(
        (value) => countGiven(value, 'url') === 0 || countGiven(value, 'channel') === 0,
        together('belongs to `token`: a webhook writes to the channel it was made for', ['channel']),
      ),
    )

export default defineProvider({
  title: 'Slack',
  kind: 'chat',
  options,
  limits: { maxChars, perSecond: 1 },
  addresses: sharedAmong('url'),
  supports: {
    size: 'the body',
    success: 'the text `ok`; by token `ok: true` with `ts`',
    hint: '`ratelimited` in a 200: Retry-After, else 30 s',
    mention: '`U…`, `S…` (group), `here`, `channel`, `everyone`',
    resolve: 'by token the first message turns green',
    thread: 'by token, one an alert',
  },
  notices: ({ token }) => (token === undefined ? [] : ['acknowledged', 'silenced']),
  open: ({ url, token, channel = '', endpoint: api }) =>
    token === undefined
      ? createHttpSender({
          urls: asList(url),
          write: (message, { fit }) => ({ body: writeSlack(message, fit) }),
          toReceipt: toSlackReceipt,
        })
      : createSlackThreads({ token, channel, api: api.replace(/\/+$/, '') }),
})
