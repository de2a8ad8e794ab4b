/** Validators, parsers, templates and tokens, each with bad input. */

const object = {
  type: 'object',
  properties: {
    email: { type: 'string', format: 'email' },
    age: { type: 'integer', minimum: 18 },
    status: { enum: ['open', 'paid'] },
    tags: { type: 'array', maxItems: 2 },
    name: { type: 'string', maxLength: 3 },
  },
  required: ['email'],
  additionalProperties: false,
}

export async function values() {
  return [...(await validators()), ...(await tokens()), ...(await parsers())]
}

async function validators() {
  const { z } = await import('zod')
  const { default: Ajv } = await import('ajv')
  const { default: Joi } = await import('joi')
  const yup = await import('yup')
  const ajv = new Ajv.default({ formats: { email: /@/ } })
  const zodUser = z.object({
    email: z.email(),
    age: z.int().min(18),
    status: z.enum(['open', 'paid']).optional(),
    items: z.array(z.object({ sku: z.string() })).optional(),
  })
  const joiUser = Joi.object({
    email: Joi.string().email().required(),
    age: Joi.number().integer().min(18),
    status: Joi.string().valid('open', 'paid'),
    name: Joi.string().max(3),
    id: Joi.string().guid(),
  })
  const yupUser = yup.object({
    email: yup.string().email().required(),
    age: yup.number().min(18),
    status: yup.string().oneOf(['open', 'paid']),
  })
  const withAjv = (value) => {
    if (!ajv.validate(object, value)) throw new Error(ajv.errorsText())
  }
  const bad = {
    'email missing': (v) => ({ age: 18 + v.index }),
    'email format': (v) => ({ email: v.word, age: 20 }),
    'age minimum': (v) => ({ email: v.email, age: v.index + 1 }),
    'age type': (v) => ({ email: v.email, age: v.word }),
    'status value': (v) => ({ email: v.email, age: 20, status: v.word }),
  }
  const cases = []
  for (const [problem, make] of Object.entries(bad)) {
    cases.push(['zod', `zod: ${problem}`, (v) => zodUser.parse(make(v))])
    cases.push(['ajv', `ajv: ${problem}`, (v) => withAjv(make(v))])
    cases.push(['joi', `joi: ${problem}`, (v) => Joi.attempt(make(v), joiUser)])
    cases.push([
      'joi',
      `joi validate: ${problem}`,
      (v) => {
        const { error } = joiUser.validate(make(v))
        throw error
      },
    ])
    cases.push(['yup', `yup: ${problem}`, (v) => yupUser.validate(make(v))])
  }
  cases.push([
    'zod',
    'zod: items sku',
    (v) => zodUser.parse({ email: v.email, age: 20, items: [{ sku: v.number }] }),
  ])
  cases.push(['ajv', 'ajv: unknown property', (v) => withAjv({ email: v.email, colour: 1 })])
  cases.push([
    'ajv',
    'ajv: max items',
    (v) => withAjv({ email: v.email, tags: ['a', 'b', String(v.number)] }),
  ])
  cases.push(['ajv', 'ajv: max length', (v) => withAjv({ email: v.email, name: `${v.word}-long` })])
  cases.push(['ajv', 'ajv: unknown keyword', () => ajv.compile({ type: 'object', propertys: {} })])
  cases.push(['joi', 'joi: not allowed', (v) => Joi.attempt({ email: v.email, colour: 1 }, joiUser)])
  cases.push([
    'joi validate',
    'joi: max length',
    (v) => {
      throw joiUser.validate({ email: v.email, name: `${v.word}-long` }).error
    },
  ])
  cases.push([
    'joi',
    'joi: guid',
    (v) => {
      throw joiUser.validate({ email: v.email, id: v.word }).error
    },
  ])
  const { buildSchema, graphql } = await import('graphql')
  const schema = buildSchema(
    'type User { id: ID! name: String } type Query { user(id: ID!): User } type Mutation { rename(name: String!): User }',
  )
  const ask = (source, variableValues) => async (v) => {
    const { errors } = await graphql({
      schema,
      source: typeof source === 'function' ? source(v) : source,
      variableValues: variableValues?.(v),
    })
    throw errors[0]
  }
  cases.push(
    ['graphql', 'graphql: field email', ask('{ user(id: 1) { email } }')],
    ['graphql', 'graphql: field phone', ask('{ user(id: 1) { phone } }')],
    ['graphql', 'graphql: field orders', ask('{ orders { id } }')],
    ['graphql', 'graphql: argument id required', ask('{ user { id } }')],
    ['graphql', 'graphql: unknown argument', ask('{ user(key: 1, id: 2) { id } }')],
    ['graphql', 'graphql: variable type', ask('query Q($id: ID!) { user(id: $id) { id } }', () => ({}))],
    [
      'graphql',
      'graphql: variable value',
      ask('query Q($id: ID!) { user(id: $id) { id } }', (v) => ({ id: { a: v.number } })),
    ],
    ['graphql', 'graphql: syntax', ask('{ user(id: 1 { id } }')],
    ['graphql', 'graphql: unknown type', ask('query Q($id: Uuid) { user(id: $id) { id } }')],
    ['graphql', 'graphql: subselection', ask('{ user(id: 1) }')],
    ['graphql', 'graphql: unused variable', ask('query Q($id: ID) { user(id: 1) { id } }')],
    ['graphql', 'graphql: non-null', ask('mutation { rename(name: null) { id } }')],
  )
  return cases
}

async function tokens() {
  const { default: jwt } = await import('jsonwebtoken')
  const jose = await import('jose')
  const bcrypt = (await import('bcryptjs')).default
  const key = 'a-key-that-is-long-enough-for-hs256'
  const bytes = new TextEncoder().encode(key)
  const sign = (v, options = {}) => jwt.sign({ sub: v.user, n: v.number }, key, options)
  const verify = (make, options) => (v) => jwt.verify(make(v), key, options)
  const joseVerify = (make, options) => (v) => jose.jwtVerify(make(v), bytes, options)
  return [
    ['jsonwebtoken', 'jsonwebtoken: malformed', verify((v) => v.word)],
    ['jsonwebtoken', 'jsonwebtoken: invalid token', verify((v) => `${v.hex8}.${v.hex8}.${v.hex8}`)],
    ['jsonwebtoken', 'jsonwebtoken: signature', (v) => jwt.verify(sign(v), 'another')],
    ['jsonwebtoken', 'jsonwebtoken: expired', verify((v) => sign(v, { expiresIn: -5 - v.index }))],
    ['jsonwebtoken', 'jsonwebtoken: not active', verify((v) => sign(v, { notBefore: 100 + v.index }))],
    ['jsonwebtoken', 'jsonwebtoken: audience', verify((v) => sign(v), { audience: 'shop' })],
    ['jsonwebtoken', 'jsonwebtoken: issuer', verify((v) => sign(v), { issuer: 'https://auth.example.com' })],
    ['jsonwebtoken', 'jsonwebtoken: algorithm', verify((v) => sign(v), { algorithms: ['HS512'] })],
    ['jsonwebtoken', 'jsonwebtoken: must be provided', () => jwt.verify('', key)],
    ['jsonwebtoken', 'jsonwebtoken: no secret', (v) => jwt.sign({ n: v.number }, '')],
    ['jsonwebtoken', 'jsonwebtoken: expiresIn', (v) => jwt.sign({ n: v.number }, key, { expiresIn: 'soon' })],
    ['jose', 'jose: invalid', joseVerify((v) => v.word)],
    [
      'jose',
      'jose: signature',
      (v) => jose.jwtVerify(sign(v), new TextEncoder().encode('another-key-that-is-long')),
    ],
    ['jose', 'jose: exp', joseVerify((v) => sign(v, { expiresIn: -5 - v.index }))],
    ['jose', 'jose: nbf', joseVerify((v) => sign(v, { notBefore: 100 + v.index }))],
    ['jose', 'jose: aud', joseVerify((v) => sign(v), { audience: 'shop' })],
    ['jose', 'jose: iss', joseVerify((v) => sign(v), { issuer: 'https://auth.example.com' })],
    ['jose', 'jose: alg', joseVerify((v) => sign(v), { algorithms: ['HS512'] })],
    ['bcryptjs', 'bcryptjs: arguments', () => bcrypt.hash(1, 10)],
    ['bcryptjs', 'bcryptjs: no hash', () => bcrypt.compare('a')],
    ['bcryptjs', 'bcryptjs: salt', (v) => bcrypt.hashSync('a', `$9$${v.number}`)],
  ]
}

async function parsers() {
  const { parse: parseCsv } = await import('csv-parse/sync')
  const yaml = await import('js-yaml')
  const { XMLParser, XMLValidator } = await import('fast-xml-parser')
  const { parseStringPromise } = await import('xml2js')
  const handlebars = (await import('handlebars')).default
  const ejs = (await import('ejs')).default
  const { Command } = await import('commander')
  const semver = (await import('semver')).default
  const { CronExpressionParser } = await import('cron-parser')
  const { DateTime, Settings } = await import('luxon')
  const uuid = await import('uuid')
  const { default: JSZip } = await import('jszip')
  const { default: sharp } = await import('sharp')
  const tar = await import('tar')
  const { execa } = await import('execa')
  const { mkdtempSync, writeFileSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const valid = (text) => {
    const result = XMLValidator.validate(text)
    if (result !== true) throw new Error(result.err.msg)
    return new XMLParser().parse(text)
  }
  const file = (v, content) => {
    const path = join(mkdtempSync(join(tmpdir(), 'libraries-')), `${v.word.replace(/\W/g, '')}.bin`)
    writeFileSync(path, content)
    return path
  }
  const command = (args) => () =>
    new Command()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .requiredOption('--port <port>')
      .option('--level <level>')
      .argument('[file]')
      .parse(args, { from: 'user' })
  Settings.throwOnInvalid = true
  return [
    ['csv-parse', 'csv-parse: columns', (v) => parseCsv(`${'a,b\n'.repeat(v.index + 2)}1,2,3\n`)],
    ['csv-parse', 'csv-parse: quote', (v) => parseCsv(`${'a,b\n'.repeat(v.index + 1)}a"x,b\n`)],
    ['csv-parse', 'csv-parse: quote not closed', (v) => parseCsv(`${'a,b\n'.repeat(v.index + 1)}"x,b\n`)],
    ['csv-parse', 'csv-parse: option', () => parseCsv('a', { delimiter: 5 })],
    ['js-yaml', 'js-yaml: indentation', (v) => yaml.load(`id: ${v.number}\n  b: 1\n`)],
    ['js-yaml', 'js-yaml: duplicated key', (v) => yaml.load(`name: ${v.number}\nname: 2\n`)],
    ['js-yaml', 'js-yaml: unknown tag', () => yaml.load('a: !money 1')],
    ['js-yaml', 'js-yaml: alias', () => yaml.load('a: *base')],
    ['js-yaml', 'js-yaml: flow', (v) => yaml.load(`a: [${v.number}, 2`)],
    ['fast-xml-parser', 'fast-xml-parser: closing tag', (v) => valid(`<a id="${v.number}"><b></a>`)],
    ['fast-xml-parser', 'fast-xml-parser: attribute', (v) => valid(`<a id=${v.number}></a>`)],
    ['fast-xml-parser', 'fast-xml-parser: start tag', (v) => valid(v.word)],
    ['xml2js', 'xml2js: closing tag', (v) => parseStringPromise(`<a id="${v.number}"><b></a>`)],
    ['xml2js', 'xml2js: text outside', (v) => parseStringPromise(v.word)],
    ['xml2js', 'xml2js: attribute', (v) => parseStringPromise(`<a id=${v.number}></a>`)],
    ['handlebars', 'handlebars: missing helper money', () => handlebars.compile('{{money 1}}')({})],
    ['handlebars', 'handlebars: missing helper date', () => handlebars.compile('{{date 1}}')({})],
    ['handlebars', 'handlebars: partial', () => handlebars.compile('{{> header}}')({})],
    ['handlebars', 'handlebars: parse', () => handlebars.compile('{{#if a}}')({})],
    ['ejs', 'ejs: not defined', () => ejs.render('<%= total %>', {})],
    ['ejs', 'ejs: include', () => ejs.render('<%- include("header") %>', {})],
    ['ejs', 'ejs: closing tag', () => ejs.render('<% if (a) {', {})],
    ['commander', 'commander: unknown option', command(['--port', '1', '--prot', '2'])],
    ['commander', 'commander: missing option', command([])],
    ['commander', 'commander: missing argument', command(['--port', '1', '--level'])],
    ['commander', 'commander: too many arguments', (v) => command(['--port', '1', 'a', String(v.number)])()],
    ['semver', 'semver: version', (v) => new semver.SemVer(v.word)],
    ['semver', 'semver: range', (v) => new semver.Range(`${v.word} ${v.number}`)],
    ['cron-parser', 'cron-parser: range', (v) => CronExpressionParser.parse(`${70 + v.index} * * * *`)],
    ['cron-parser', 'cron-parser: characters', () => CronExpressionParser.parse('x * * * *')],
    ['luxon', 'luxon: unparsable', (v) => DateTime.fromISO(v.word)],
    ['luxon', 'luxon: unit out of range', (v) => DateTime.fromObject({ month: 13 + v.index })],
    ['luxon', 'luxon: zone', () => DateTime.now().setZone('Mars/Base')],
    ['uuid', 'uuid: invalid', (v) => uuid.parse(v.word)],
    ['jszip', 'jszip: not a zip', (v) => JSZip.loadAsync(Buffer.from(`${v.word} is not a zip at all`))],
    [
      'sharp',
      'sharp: missing file',
      (v) => sharp(`/srv/${v.word.replace(/\W/g, '')}/${v.number}.png`).toBuffer(),
    ],
    ['sharp', 'sharp: unsupported buffer', (v) => sharp(Buffer.from(`${v.word} ${v.number}`)).toBuffer()],
    [
      'sharp',
      'sharp: size',
      (v) =>
        sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
          .resize(-v.number - 1)
          .toBuffer(),
    ],
    [
      'tar',
      'tar: unrecognized archive',
      (v) => tar.list({ file: file(v, Buffer.alloc(600, v.word)), strict: true }),
    ],
    ['tar', 'stat missing', (v) => tar.list({ file: `/srv/${v.hex8}/${v.number}.tgz` })],
    [
      'execa',
      'execa: exit code 2',
      (v) => execa(process.execPath, ['-e', 'process.exit(2)', String(v.number)]),
    ],
    [
      'execa',
      'execa: exit code 1',
      (v) => execa(process.execPath, ['-e', 'process.exit(1)', String(v.number)]),
    ],
    [
      'execa',
      'execa: timed out',
      () => execa(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { timeout: 150 }),
    ],
    ['execa', 'execa: missing command', (v) => execa(`tool-${v.number}`)],
  ]
}
