// Clients of providers that come without types, as far as tests call them.
declare module 'zulip-js' {
  export default function zulip(config: {
    readonly username: string
    readonly apiKey: string
    readonly realm: string
  }): Promise<{ readonly messages: { send(message: object): Promise<{ readonly result: string }> } }>
}

declare module 'pushover-notifications' {
  export default class Pushover {
    constructor(options: object)
    send(message: object, done: (error: Error | null, answer: string) => void): void
  }
}

declare module 'opsgenie-sdk' {
  type Done = (error: { readonly message: string } | null, answer: { readonly result: string }) => void
  const opsgenie: {
    configure(options: { readonly host: string; readonly api_key: string }): void
    readonly alertV2: {
      create(alert: object, done: Done): void
      close(identifier: object, note: object, done: Done): void
    }
  }
  export default opsgenie
}
