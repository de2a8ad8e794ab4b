import { describe, expect, it } from 'vitest'
import { type FleetIdentity, fleetName } from '#core/fleet/fleet-name.ts'

describe('the name of a fleet in Redis', () => {
  it.each<[FleetIdentity, string]>([
    [{ service: 'shop' }, 'shop'],
    [{ service: 'shop', env: 'prod' }, 'shop/prod'],
    [{ service: 'shop', env: 'prod', dryRun: true }, 'shop/prod:dry'],
    [{ service: 'shop', env: 'prod', fleet: 'all' }, 'all'],
    [{ fleet: 'all', dryRun: true }, 'all:dry'],
  ])('of %j is %s', (identity, name) => {
    expect(fleetName(identity)).toBe(name)
  })

  it('is another one for each service and environment', () => {
    const parts = [
      'a',
      'a-b',
      'a-b-c',
      'b',
      'b-c',
      'c',
      'dry',
      'a/b',
      'a_b',
      'a:dry',
      'ä',
      'é',
      'x'.repeat(70),
    ]
    const services = [undefined, ...parts, `${'x'.repeat(70)}y`]
    const all = services.flatMap((service) =>
      [undefined, ...parts].flatMap((env) => [false, true].map((dryRun) => ({ service, env, dryRun }))),
    )
    const names = all.map(fleetName)
    expect(new Set(names).size).toBe(all.length)
    // Braces would name another slot of a cluster, and colons divide the keys.
    for (const name of names) expect(name).toMatch(/^[\w.…-]+(?:\/[\w.…-]+)?(?::dry)?$/)
  })

  it('is that of the folder without a service', () => {
    expect(fleetName({})).toMatch(/^[\da-f]{16}$/)
    expect(fleetName({ env: 'prod' })).toBe(`${fleetName({})}/prod`)
  })
})
