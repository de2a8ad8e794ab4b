// What PM2 starts: two instances of the service behind one port.
module.exports = {
  apps: [
    {
      name: 'shop',
      script: 'service.mjs',
      instances: 2,
      exec_mode: 'cluster',
      // PM2 waits until an instance says that it is ready, so a reload never leaves the port without one.
      wait_ready: true,
      // It waits so long for that, 3 s by default, then continues without it.
      listen_timeout: 60_000,
      // A signal, and SIGKILL only after this time: more than `closeTimeout`, which is 3 s.
      kill_timeout: 5000,
    },
  ],
}
