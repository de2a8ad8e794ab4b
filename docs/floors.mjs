/**
 * The order of the rooms of alert-core, as CONTRIBUTING's table and as a rule of the linter. Both come from
 * packages/alert-core/floors.json; test/unit/house/floors.test.ts holds the code to it.
 */
import { code, tableOf } from './markdown.mjs'

const source = 'packages/alert-core/src'

/** The rooms from the lowest to the highest, each with its sentence. */
export function roomsOf(floors) {
  return floors.flatMap(({ rooms }) => Object.entries(rooms).map(([room, about]) => ({ room, about })))
}

export function floorsTable(floors) {
  const rows = floors.flatMap(({ floor, about, rooms }, index) =>
    Object.entries(rooms).map(([room, what], place) => [
      place === 0 ? `${index} ${floor}: ${about}` : '',
      code(room.endsWith('.ts') ? room : `${room}/`),
      what,
    ]),
  )
  return tableOf(['floor', 'room', 'what is in it'], rows)
}

/** The linter's configuration that biome.json extends: no room imports a room above it. */
export function lintFloors(floors) {
  const rooms = roomsOf(floors).map(({ room }) => room)
  const overrides = rooms.slice(0, -1).map((room, index) => {
    const group = rooms.slice(index + 1).map((above) => `**/${isFile(above) ? above : `${above}/**`}`)
    const message = `${room} imports only from what stands before it in packages/alert-core/floors.json.`
    return {
      includes: [`${source}/${isFile(room) ? room : `${room}/**`}`],
      linter: {
        rules: {
          style: { noRestrictedImports: { level: 'error', options: { patterns: [{ group, message }] } } },
        },
      },
    }
  })
  return `${JSON.stringify({ $schema: 'https://biomejs.dev/schemas/2.6.8/schema.json', overrides }, null, 2)}\n`
}

function isFile(room) {
  return room.endsWith('.ts')
}
