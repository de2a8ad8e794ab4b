// Secrets that documentation shows in the midst of something else: 248 shapes. Each is `[what, secret,
// text]`: how the secret is made, and the text around it. What leaks is the secret, not the text.

const password = (make) => make.password()
const alnum = (length) => (make) => make.alnum(length)
const hex = (length) => (make) => make.hex(length)
const url = (length) => (make) => make.url(length)
const base64 = (length) => (make) => make.base64(length)
const basic = (make) => make.base64of(`app:${make.password()}`)
const withSign = (sign) => (make) => `${make.lower(4)}${make.digits(2)}${sign}${make.alnum(6)}`
const lines = (make, count) => Array.from({ length: count }, () => make.base64(64)).join('\n')

/** Urls whose password has the signs that end a url's parts. */
const urls = [
  ['postgres url', password, (s) => `postgres://app:${s}@db.internal:5432/shop`],
  ['postgres url with /', withSign('/'), (s) => `postgres://app:${s}@db.internal:5432/shop`],
  ['postgres url with #', withSign('#'), (s) => `postgresql://app:${s}@db.internal/shop`],
  ['mysql url with ?', withSign('?'), (s) => `mysql://root:${s}@10.0.0.7:3306/shop`],
  ["mongodb url with '", withSign("'"), (s) => `mongodb+srv://svc:${s}@cluster0.example.net/admin`],
  ['redis url with @', withSign('@'), (s) => `redis://default:${s}@cache:6379/0`],
  ['redis url without user', password, (s) => `rediss://:${s}@cache.example.net:6380`],
  ['amqp url with /', withSign('/'), (s) => `amqp://worker:${s}@mq:5672/%2f`],
  ['amqps url', password, (s) => `amqps://worker:${s}@mq.example.net/vhost`],
  ['https url', password, (s) => `https://deploy:${s}@git.example.net/team/repo.git`],
  ['https url with a token only', alnum(40), (s) => `https://${s}@git.example.net/team/repo.git`],
  ['https url with #', withSign('#'), (s) => `https://bob:${s}@files.example.net/a/b`],
  ['ftp url with ?', withSign('?'), (s) => `ftp://bob:${s}@ftp.example.net/out`],
  ['sftp url', password, (s) => `sftp://bob:${s}@files.example.net:22/in`],
  ['smtp url with #', withSign('#'), (s) => `smtp://mailer:${s}@smtp.example.net:587`],
  ['smtps url with %', password, (s) => `smtps://mailer%40example.net:${s}@smtp.example.net:465`],
  ['ldap url', password, (s) => `ldaps://cn%3Dadmin:${s}@ldap.example.net/dc=example`],
  ['proxy url', password, (s) => `http://proxyuser:${s}@proxy.example.net:3128`],
  ['socks url', password, (s) => `socks5://u:${s}@127.0.0.1:1080`],
  ['nats url', password, (s) => `nats://svc:${s}@nats-1:4222,nats://svc:${s}@nats-2:4222`],
  ['mqtt url', password, (s) => `mqtts://device:${s}@broker.example.net:8883`],
  ['clickhouse url', password, (s) => `clickhouse://default:${s}@ch.example.net:9440/logs?secure=true`],
  [
    'cockroach url with a query',
    password,
    (s) => `postgresql://root:${s}@crdb:26257/bank?sslmode=verify-full&email=a@b.example`,
  ],
  ['sqlalchemy url', withSign('/'), (s) => `postgresql+psycopg2://app:${s}@db/shop`],
  [
    'jdbc url with parameters',
    password,
    (s) => `jdbc:mysql://db:3306/shop?user=app&password=${s}&useSSL=true`,
  ],
  [
    'jdbc url of SQL Server',
    password,
    (s) => `jdbc:sqlserver://db:1433;databaseName=shop;user=sa;password=${s};encrypt=true`,
  ],
  ['jdbc url of Oracle', password, (s) => `jdbc:oracle:thin:scott/${s}@db.example.net:1521/ORCL`],
  [
    'jdbc url of Snowflake',
    password,
    (s) => `jdbc:snowflake://x.example.net/?user=u&password=${s}&warehouse=w`,
  ],
  ['Sentry DSN with secret', hex(32), (s) => `https://0123abcd:${s}@sentry.example.net/4`],
  ['couchdb url', password, (s) => `http://admin:${s}@couch:5984/_all_dbs`],
]

const dataSources = [
  ['Go MySQL DSN', password, (s) => `app:${s}@tcp(db.internal:3306)/shop?parseTime=true`],
  ['Go MySQL DSN with /', withSign('/'), (s) => `app:${s}@tcp(db.internal:3306)/shop`],
  ['Go MySQL DSN over a socket', password, (s) => `app:${s}@unix(/run/mysqld.sock)/shop`],
  ['Go MySQL DSN with @', withSign('@'), (s) => `app:${s}@tcp([::1]:3306)/shop`],
  ['Oracle connect string', password, (s) => `scott/${s}@db.example.net:1521/ORCL`],
  ['Oracle easy connect', password, (s) => `scott/${s}@//db.example.net:1521/ORCL`],
  ['sqlplus', password, (s) => `sqlplus scott/${s}@orcl`],
  ['libpq keywords', password, (s) => `host=db user=app password=${s} dbname=shop`],
  ['libpq keywords in quotes', withSign(' '), (s) => `host=db user=app password='${s}' dbname=shop`],
  ['ODBC', password, (s) => `Driver={ODBC Driver 18};Server=db;Uid=app;Pwd=${s};Encrypt=yes`],
  [
    'ODBC in braces',
    withSign(';'),
    (s) => `Driver={ODBC Driver 18};Server=db;Uid=app;Pwd={${s}};Encrypt=yes`,
  ],
  ['ADO.NET', password, (s) => `Server=tcp:db,1433;Database=shop;User ID=app;Password=${s};Encrypt=True`],
  [
    'Azure storage',
    (make) => `${make.base64(86)}==`,
    (s) => `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${s};EndpointSuffix=core.windows.net`,
  ],
  [
    'Azure service bus',
    (make) => `${make.base64(43)}=`,
    (s) => `Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${s}`,
  ],
  [
    'Azure Cosmos DB',
    (make) => `${make.base64(86)}==`,
    (s) => `AccountEndpoint=https://a.documents.azure.com:443/;AccountKey=${s};`,
  ],
  ['StackExchange.Redis', password, (s) => `cache:6380,password=${s},ssl=True,abortConnect=False`],
  [
    'Kafka JAAS',
    password,
    (s) => `org.apache.kafka.common.security.plain.PlainLoginModule required username="svc" password="${s}";`,
  ],
  ['pgpass line', password, (s) => `db.internal:5432:shop:app:${s}`],
  ['netrc', password, (s) => `machine git.example.net login bob password ${s}`],
  ['npmrc', uuidOf, (s) => `//npm.example.net/:_authToken=${s}`],
  ['npmrc basic', basic, (s) => `//npm.example.net/:_auth=${s}`],
  ['npmrc password', (make) => make.base64of(make.password()), (s) => `//npm.example.net/:_password="${s}"`],
  ['pip index url', password, (s) => `--index-url https://ci:${s}@pypi.example.net/simple`],
  ['docker config', basic, (s) => `{"auths":{"registry.example.net":{"auth":"${s}"}}}`],
  ['git credentials store', password, (s) => `https://bob:${s}@git.example.net`],
  ['htpasswd line', (make) => `${make.alnum(8)}$${make.alnum(22)}`, (s) => `bob:$apr1$${s}`],
  ['shadow line', (make) => `${make.alnum(8)}$${make.alnum(86)}`, (s) => `bob:$6$${s}:19000:0:99999:7:::`],
  ['bcrypt hash', (make) => make.alnum(53), (s) => `$2b$10$${s}`],
  [
    'argon2 hash',
    (make) => `${make.base64(22)}$${make.base64(43)}`,
    (s) => `$argon2id$v=19$m=65536,t=3,p=4$${s}`,
  ],
  ['Django hash', (make) => `${make.alnum(22)}$${make.base64(43)}=`, (s) => `pbkdf2_sha256$600000$${s}`],
  ['LDAP hash', (make) => `${make.base64(38)}==`, (s) => `userPassword: {SSHA}${s}`],
]

function uuidOf(make) {
  return make.uuid()
}

const commands = [
  ['--password x', password, (s) => `deploy --user bob --password ${s} --verbose`],
  ['--password=x', password, (s) => `deploy --password=${s} --verbose`],
  ['--password "x"', withSign(' '), (s) => `deploy --password "${s}" --verbose`],
  ['-password x', password, (s) => `java -jar client.jar -password ${s} -v`],
  ['--token x', alnum(40), (s) => `vault login --token ${s}`],
  ['--api-key x', hex(32), (s) => `datadog-ci --api-key ${s} upload`],
  ['--secret x', alnum(30), (s) => `cli --client-id web --client-secret ${s}`],
  ['--auth-token=x', alnum(30), (s) => `ngrok --authtoken=${s}`],
  ['-storepass x', password, (s) => `keytool -list -keystore a.jks -storepass ${s}`],
  ['-passin pass:x', password, (s) => `openssl rsa -in key.pem -passin pass:${s}`],
  ['curl -u', password, (s) => `curl -u bob:${s} https://api.example.net/v1`],
  ["curl -u '…'", withSign('#'), (s) => `curl -s -u 'bob:${s}' https://api.example.net/v1`],
  ['curl --user', password, (s) => `curl --user bob:${s} https://api.example.net/v1`],
  ['curl --proxy-user', password, (s) => `curl --proxy-user bob:${s} https://api.example.net`],
  ['curl -U', password, (s) => `curl -x proxy:3128 -U bob:${s} https://api.example.net`],
  ['curl header', alnum(40), (s) => `curl -H "X-Api-Key: ${s}" https://api.example.net`],
  ['curl bearer', alnum(40), (s) => `curl -H 'Authorization: Bearer ${s}' https://api.example.net`],
  ['curl cookie', alnum(32), (s) => `curl -b 'sessionid=${s}' https://app.example.net`],
  ['curl form', password, (s) => `curl -d 'user=bob&password=${s}' https://app.example.net/login`],
  [
    'curl json',
    password,
    (s) => `curl --data '{"user":"bob","password":"${s}"}' https://app.example.net/login`,
  ],
  ['mysql -pX', password, (s) => `mysql -h db -u root -p${s} shop`],
  ["mysql -p'X'", withSign('!'), (s) => `mysqldump -uroot -p'${s}' shop`],
  ['mysql --password', password, (s) => `mysqladmin --user=root --password=${s} ping`],
  ['sshpass -p', password, (s) => `sshpass -p ${s} ssh deploy@10.0.0.3`],
  ["sshpass -p '…'", withSign('$'), (s) => `sshpass -p '${s}' scp a b`],
  ['redis-cli -a', password, (s) => `redis-cli -h cache -a ${s} ping`],
  ['ldapsearch -w', password, (s) => `ldapsearch -x -D cn=admin -w ${s} -b dc=example`],
  ['mongo -p', password, (s) => `mongodump -u admin -p ${s} --db shop`],
  ['docker login -p', password, (s) => `docker login -u ci -p ${s} registry.example.net`],
  ['az login -p', password, (s) => `az login --service-principal -u app -p ${s} --tenant t`],
  ['7z -p', password, (s) => `7z x -p${s} backup.7z`],
  ['unzip -P', password, (s) => `unzip -P ${s} backup.zip`],
  ['smbclient -U', password, (s) => `smbclient //fs/share -U bob%${s}`],
  ['openssl enc -k', password, (s) => `openssl enc -aes-256-cbc -k ${s} -in a -out b`],
  ['ssh-keygen -N', password, (s) => `ssh-keygen -t ed25519 -N ${s} -f id`],
  ['PGPASSWORD before a command', password, (s) => `PGPASSWORD=${s} psql -h db -U app shop`],
  ['MYSQL_PWD before a command', password, (s) => `MYSQL_PWD='${s}' mysql -u root`],
  ['export', alnum(40), (s) => `export API_TOKEN=${s}`],
  ['docker run -e', password, (s) => `docker run -e POSTGRES_PASSWORD=${s} postgres:16`],
  ['kubectl literal', password, (s) => `kubectl create secret generic db --from-literal=password=${s}`],
  ['helm --set', password, (s) => `helm upgrade shop ./chart --set db.password=${s}`],
  ['wget', password, (s) => `wget --http-user=bob --http-password=${s} https://x.example.net`],
  ['gpg', password, (s) => `gpg --batch --passphrase ${s} -d a.gpg`],
  ['net use', password, (s) => `svn checkout --username bob --password ${s} https://svn.example.net`],
  ['aws configure', base64(40), (s) => `aws configure set aws_secret_access_key ${s}`],
]

const statements = [
  ['IDENTIFIED BY', password, (s) => `CREATE USER 'app'@'%' IDENTIFIED BY '${s}'`],
  [
    'IDENTIFIED WITH … BY',
    password,
    (s) => `ALTER USER 'app'@'%' IDENTIFIED WITH mysql_native_password BY '${s}'`,
  ],
  ['IDENTIFIED BY "…"', password, (s) => `ALTER USER scott IDENTIFIED BY "${s}"`],
  ['IDENTIFIED BY bare', password, (s) => `CREATE USER scott IDENTIFIED BY ${s}`],
  ['CREATE ROLE', password, (s) => `CREATE ROLE app LOGIN PASSWORD '${s}'`],
  ['ALTER USER', password, (s) => `ALTER USER app WITH ENCRYPTED PASSWORD '${s}'`],
  ['CREATE LOGIN', password, (s) => `CREATE LOGIN app WITH PASSWORD = N'${s}'`],
  ['SET PASSWORD', password, (s) => `SET PASSWORD FOR 'app'@'%' = '${s}'`],
  ['SET PASSWORD = PASSWORD()', password, (s) => `SET PASSWORD FOR app = PASSWORD('${s}')`],
  ['UPDATE users', password, (s) => `UPDATE users SET password = '${s}' WHERE id = 7`],
  ['WHERE token', alnum(40), (s) => `SELECT * FROM sessions WHERE token = '${s}'`],
  ['ClickHouse user', password, (s) => `CREATE USER app IDENTIFIED WITH sha256_password BY '${s}'`],
  [
    'COPY credentials',
    base64(40),
    (s) => `COPY t FROM 's3://b/k' CREDENTIALS 'aws_access_key_id=x;aws_secret_access_key=${s}'`,
  ],
]

const protocols = [
  ['redis AUTH', password, (s) => `AUTH ${s}`],
  ['redis AUTH with a user', password, (s) => `AUTH default ${s}`],
  ['redis HELLO', password, (s) => `HELLO 3 AUTH default ${s}`],
  ['redis requirepass', password, (s) => `CONFIG SET requirepass ${s}`],
  ['redis masterauth', password, (s) => `masterauth ${s}`],
  ['redis ACL', password, (s) => `ACL SETUSER app on >${s} ~* +@all`],
  ['RESP', password, (s) => `*2\r\n$4\r\nAUTH\r\n$${s.length}\r\n${s}\r\n`],
  ['ioredis arguments', password, (s) => `{"command":{"name":"auth","args":["${s}"]}}`],
  ['SMTP AUTH PLAIN', (make) => make.base64of(`\0app\0${make.password()}`), (s) => `C: AUTH PLAIN ${s}`],
  ['SMTP AUTH LOGIN', basic, (s) => `AUTH LOGIN ${s}`],
  [
    'SMTP XOAUTH2',
    (make) => make.base64of(`user=a@b.example\x01auth=Bearer ${make.alnum(40)}\x01\x01`),
    (s) => `AUTH XOAUTH2 ${s}`,
  ],
  ['IMAP LOGIN', password, (s) => `a001 LOGIN bob ${s}`],
  ['POP3 PASS', password, (s) => `USER bob\r\nPASS ${s}`],
  ['FTP PASS', password, (s) => `> PASS ${s}`],
  ['Authorization basic', basic, (s) => `Authorization: Basic ${s}`],
  ['Authorization bearer', alnum(40), (s) => `Authorization: Bearer ${s}`],
  ['Authorization token', hex(40), (s) => `Authorization: Token ${s}`],
  ['Authorization of a scheme of its own', hex(40), (s) => `Authorization: GenieKey ${s}`],
  ['Proxy-Authorization', basic, (s) => `Proxy-Authorization: Basic ${s}`],
  ['basic without a name', basic, (s) => `sent Basic ${s} to the gateway`],
  ['bearer without a name', alnum(40), (s) => `sent Bearer ${s} to the gateway`],
  [
    'digest',
    hex(32),
    (s) => `Authorization: Digest username="bob", realm="r", nonce="n", uri="/", response="${s}"`,
  ],
  [
    'AWS signature',
    hex(64),
    (s) =>
      `Authorization: AWS4-HMAC-SHA256 Credential=x/20260101/eu/s3/aws4_request, SignedHeaders=host, Signature=${s}`,
  ],
  ['OAuth 1', base64(28), (s) => `Authorization: OAuth oauth_consumer_key="k", oauth_signature="${s}"`],
  [
    'wsse header',
    base64(28),
    (s) => `X-WSSE: UsernameToken Username="bob", PasswordDigest="${s}", Nonce="n", Created="2026-01-01"`,
  ],
  [
    'wsse element',
    password,
    (s) => `<wsse:Password Type="http://docs.oasis-open.org/wss#PasswordText">${s}</wsse:Password>`,
  ],
  [
    'SOAP element',
    password,
    (s) => `<soap:Body><Login><userName>bob</userName><passWord>${s}</passWord></Login></soap:Body>`,
  ],
  ['Cookie', alnum(32), (s) => `Cookie: theme=dark; sessionid=${s}; lang=en`],
  ['Set-Cookie', alnum(32), (s) => `Set-Cookie: connect.sid=s%3A${s}; Path=/; HttpOnly`],
  ['cookie of PHP', (make) => make.lower(26), (s) => `PHPSESSID=${s}`],
  ['cookie of Java', (make) => make.HEX(32), (s) => `;jsessionid=${s}`],
  ['cookie of ASP.NET', (make) => make.lower(24), (s) => `ASP.NET_SessionId=${s}`],
  ['rawHeaders', alnum(40), (s) => `["Host","h","X-Api-Key","${s}"]`],
  ['har header', alnum(40), (s) => `{"name":"Authorization","value":"Bearer ${s}"}`],
]

const documents = [
  ['plist', password, (s) => `<dict><key>password</key><string>${s}</string></dict>`],
  ['plist with line breaks', password, (s) => `<key>Password</key>\n\t<string>${s}</string>`],
  ['Spring property', password, (s) => `<property name="password" value="${s}"/>`],
  ['NuGet config', password, (s) => `<add key="ClearTextPassword" value="${s}" />`],
  ['Java properties', password, (s) => `<entry key="db.password">${s}</entry>`],
  ['Maven settings', password, (s) => `<server><id>x</id><password>${s}</password></server>`],
  ['Android strings', alnum(39), (s) => `<string name="api_key">${s}</string>`],
  ['attribute', password, (s) => `<datasource user="app" password="${s}"/>`],
  [
    'multipart',
    password,
    (s) => `--x\r\nContent-Disposition: form-data; name="password"\r\n\r\n${s}\r\n--x--`,
  ],
  [
    'multipart with a type',
    alnum(40),
    (s) =>
      `Content-Disposition: form-data; name="api_token"\r\nContent-Type: text/plain\r\n\r\n${s}\r\n--x--`,
  ],
  ['pair in a list', password, (s) => `['password','${s}']`],
  ['pair in a JSON list', password, (s) => `[["user","bob"],["password","${s}"]]`],
  ['call with a pair', password, (s) => `form.append("password", "${s}")`],
  ['name and value', password, (s) => `{"name":"password","value":"${s}"}`],
  ['key and value', hex(32), (s) => `{ key: 'apiKey', value: '${s}' }`],
  ['Ruby hash', password, (s) => `{:password=>"${s}", :user=>"bob"}`],
  ['Python dict', password, (s) => `{'password': '${s}', 'user': 'bob'}`],
  ['Python call', password, (s) => `connect(host='db', password='${s}')`],
  ['PHP array', password, (s) => `['password' => '${s}', 'user' => 'bob']`],
  ['Go struct', password, (s) => `Config{User:"bob", Password:"${s}"}`],
  ['Java toString', password, (s) => `Credentials(user=bob, password=${s})`],
  ['JavaScript object', password, (s) => `{ user: 'bob', password: '${s}' }`],
  ['util.inspect of a Map', password, (s) => `Map(1) { 'password' => '${s}' }`],
  ['index assignment', password, (s) => `config["password"] = "${s}"`],
  ['assignment in Go', password, (s) => `password := "${s}"`],
  ['YAML', password, (s) => `database:\n  user: app\n  password: ${s}\n  port: 5432`],
  ['YAML in quotes', withSign('#'), (s) => `password: "${s}"`],
  ['TOML', password, (s) => `[db]\npassword = "${s}"`],
  ['INI', password, (s) => `[client]\nuser=root\npassword=${s}`],
  ['HCL', hex(40), (s) => `variable "token" {\n  default = "${s}"\n}\nsecret_key = "${s}"`],
  [
    'Kubernetes secret',
    (make) => make.base64of(make.password()),
    (s) => `kind: Secret\ndata:\n  password: ${s}`,
  ],
  ['Kubernetes env', password, (s) => `- name: DB_PASSWORD\n  value: ${s}`],
  ['JSON', password, (s) => `{"user":"bob","password":"${s}"}`],
  ['JSON in JSON', password, (s) => JSON.stringify({ body: JSON.stringify({ password: s }) })],
  [
    'JSON in JSON in JSON',
    password,
    (s) => JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ apiKey: s }) }) }),
  ],
  ['JSON cut', password, (s) => `{"user":"bob","password":"${s}`],
  ['GraphQL', password, (s) => `mutation { login(user: "bob", password: "${s}") { id } }`],
  ['form body', password, (s) => `user=bob&password=${s}&remember=1`],
  ['form body of OAuth', alnum(40), (s) => `grant_type=client_credentials&client_id=web&client_secret=${s}`],
  ['list of codes', (make) => `${make.lower(4)}-${make.digits(4)}`, (s) => `recovery codes: ${s}`],
  [
    'list of codes in JSON',
    (make) => `${make.lower(4)}-${make.digits(4)}`,
    (s) => `{"recoveryCodes":["${s}","x"]}`,
  ],
  ['mnemonic', mnemonicOf, (s) => `mnemonic: ${s}`],
  ['seed phrase', mnemonicOf, (s) => `{"seedPhrase":"${s}"}`],
]

function mnemonicOf(make) {
  const words = [
    'abandon',
    'ability',
    'zebra',
    'kitten',
    'ocean',
    'velvet',
    'quiz',
    'panda',
    'lunar',
    'mango',
  ]
  return Array.from({ length: 12 }, () => make.pick(words)).join(' ')
}

const keys = [
  [
    'RSA key',
    (make) => lines(make, 6),
    (s) => `-----BEGIN RSA PRIVATE ${'KEY'}-----\n${s}\n-----END RSA PRIVATE ${'KEY'}-----`,
  ],
  [
    'PKCS 8 key',
    (make) => lines(make, 6),
    (s) => `-----BEGIN PRIVATE ${'KEY'}-----\n${s}\n-----END PRIVATE ${'KEY'}-----`,
  ],
  [
    'OpenSSH key',
    (make) => lines(make, 6),
    (s) => `-----BEGIN OPENSSH PRIVATE ${'KEY'}-----\n${s}\n-----END OPENSSH PRIVATE ${'KEY'}-----`,
  ],
  [
    'PGP key',
    (make) => lines(make, 6),
    (s) => `-----BEGIN PGP PRIVATE ${'KEY'} BLOCK-----\n\n${s}\n-----END PGP PRIVATE ${'KEY'} BLOCK-----`,
  ],
  [
    'key on one line',
    (make) => make.base64(200),
    (s) => `{"private_key":"-----BEGIN PRIVATE ${'KEY'}-----\\n${s}\\n-----END PRIVATE ${'KEY'}-----\\n"}`,
  ],
  [
    'key in base64',
    (make) =>
      make.base64of(`-----BEGIN PRIVATE ${'KEY'}-----\n${lines(make, 4)}\n-----END PRIVATE ${'KEY'}-----\n`),
    (s) => `loaded ${s} from the volume`,
  ],
  ['key cut', (make) => make.base64(150), (s) => `-----BEGIN EC PRIVATE ${'KEY'}-----\n${s}`],
  [
    'PuTTY key',
    (make) => lines(make, 4),
    (s) =>
      `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\nAAAAC3\nPrivate-Lines: 4\n${s}\nPrivate-MAC: 00`,
  ],
  ['JWK d', (make) => make.url(43), (s) => `{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"${s}"}`],
  ['JWK p', (make) => make.url(171), (s) => `{"kty":"RSA","n":"n","e":"AQAB","p":"${s}","q":"x"}`],
  ['JWK k', (make) => make.url(43), (s) => `{"kty":"oct","k":"${s}"}`],
  [
    'JWE',
    (make) =>
      `${make.base64url(`{"alg":"dir","enc":"A256GCM"}`)}..${make.url(16)}.${make.url(80)}.${make.url(22)}`,
    (s) => `decrypting ${s} failed`,
  ],
  [
    'JWT in a url path',
    (make) =>
      `${make.base64url('{"alg":"none","typ":"JWT"}')}.${make.base64url('{"sub":"a"}')}.${make.url(43)}`,
    (s) => `GET /confirm/${s} 500`,
  ],
  ['PASETO v2 public', (make) => `v2.public.${make.url(120)}`, (s) => `session ${s} expired`],
  ['WireGuard', (make) => `${make.base64(43)}=`, (s) => `[Interface]\nPrivateKey = ${s}`],
  [
    'AWS credentials file',
    base64(40),
    (s) => `[default]\naws_access_key_id = x\naws_secret_access_key = ${s}`,
  ],
  [
    'Google service account',
    (make) => make.base64(300),
    (s) =>
      JSON.stringify({
        type: 'service_account',
        private_key: `-----BEGIN PRIVATE ${'KEY'}-----\n${s}\n-----END PRIVATE ${'KEY'}-----\n`,
      }),
  ],
]

const addresses = [
  [
    'Slack webhook',
    (make) => `T${make.upper(8)}/B${make.upper(10)}/${make.alnum(24)}`,
    (s) => `https://hooks.slack.com/services/${s}`,
  ],
  [
    'Slack workflow',
    (make) => `T${make.upper(8)}/${make.digits(18)}/${make.alnum(24)}`,
    (s) => `https://hooks.slack.com/triggers/${s}`,
  ],
  [
    'Discord webhook',
    (make) => make.url(68),
    (s) => `https://discord.com/api/webhooks/112233445566778899/${s}`,
  ],
  [
    'Teams webhook',
    (make) => `${make.uuid()}@${make.uuid()}/IncomingWebhook/${make.hex(32)}/${make.uuid()}`,
    (s) => `https://acme.webhook.office.com/webhookb2/${s}`,
  ],
  [
    'Teams workflow',
    (make) => make.url(43),
    (s) =>
      `https://prod-1.westeurope.logic.azure.com:443/workflows/abc/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers&sv=1.0&sig=${s}`,
  ],
  ['Feishu robot', (make) => make.uuid(), (s) => `https://open.feishu.cn/open-apis/bot/v2/hook/${s}`],
  ['Lark robot', (make) => make.uuid(), (s) => `https://open.larksuite.com/open-apis/bot/v2/hook/${s}`],
  ['DingTalk robot', hex(64), (s) => `https://oapi.dingtalk.com/robot/send?access_token=${s}`],
  ['WeCom robot', (make) => make.uuid(), (s) => `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${s}`],
  [
    'Telegram url',
    (make) => `${make.digits(10)}:${make.url(35)}`,
    (s) => `https://api.telegram.org/bot${s}/sendMessage`,
  ],
  [
    'Telegram gateway url',
    (make) => `${make.digits(10)}:${make.url(35)}`,
    (s) => `POST https://tg.example.net/bot${s}/sendMessage 401`,
  ],
  ['Mattermost webhook', (make) => make.lower(26), (s) => `https://chat.example.net/hooks/${s}`],
  [
    'Rocket.Chat webhook',
    (make) => `${make.alnum(17)}/${make.alnum(40)}`,
    (s) => `https://chat.example.net/hooks/${s}`,
  ],
  [
    'ServerChan url',
    (make) => `SCT${make.digits(6)}T${make.alnum(26)}`,
    (s) => `https://sctapi.ftqq.com/${s}.send`,
  ],
  ['Bark url', (make) => make.alnum(22), (s) => `https://api.day.app/${s}/title/body`],
  [
    'Google Chat webhook',
    url(43),
    (s) => `https://chat.googleapis.com/v1/spaces/AAAA/messages?key=AAA&token=${s}`,
  ],
  ['Webex webhook', (make) => make.alnum(80), (s) => `https://webexapis.com/v1/webhooks/incoming/${s}`],
  ['Gotify url', (make) => `A${make.alnum(14)}`, (s) => `https://push.example.net/message?token=${s}`],
  [
    'Zapier hook',
    (make) => `${make.digits(7)}/${make.lower(7)}`,
    (s) => `https://hooks.zapier.com/hooks/catch/${s}/`,
  ],
  ['IFTTT key', (make) => make.url(22), (s) => `https://maker.ifttt.com/trigger/alarm/with/key/${s}`],
  ['healthcheck url', (make) => make.uuid(), (s) => `https://hc-ping.com/${s}/fail`],
  ['PagerDuty integration url', hex(32), (s) => `https://events.pagerduty.com/integration/${s}/enqueue`],
  [
    'S3 presigned url',
    hex(64),
    (s) =>
      `https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z&X-Amz-Signature=${s}`,
  ],
  [
    'S3 security token',
    (make) => make.base64(200).replaceAll('/', 'x').replaceAll('+', 'y'),
    (s) => `https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Security-Token=${s}&x=1`,
  ],
  [
    'Google signed url',
    hex(256),
    (s) => `https://storage.googleapis.com/b/k?X-Goog-Expires=60&X-Goog-Signature=${s}`,
  ],
  [
    'Azure SAS',
    (make) => `${make.alnum(42)}%3D`,
    (s) => `https://a.blob.core.windows.net/c/b?sv=2024-01-01&se=2026-01-01&sr=b&sp=r&sig=${s}`,
  ],
  [
    'CloudFront url',
    url(120),
    (s) => `https://d1.cloudfront.net/a?Expires=1767225600&Signature=${s}&Key-Pair-Id=K1`,
  ],
  ['OAuth callback', alnum(40), (s) => `GET /callback?state=x&code=${s}`],
  ['OAuth fragment', alnum(60), (s) => `https://app.example.net/#access_token=${s}&token_type=bearer`],
  ['reset link', url(43), (s) => `https://app.example.net/reset?reset_password_token=${s}`],
]

const encoded = [
  ['percent-encoded url', password, (s) => `next=${encodeURIComponent(`https://h.example/?password=${s}`)}`],
  ['percent-encoded JSON', password, (s) => `data=${encodeURIComponent(JSON.stringify({ password: s }))}`],
  [
    'percent-encoded twice',
    password,
    (s) => `next=${encodeURIComponent(encodeURIComponent(`https://h.example/?password=${s}`))}`,
  ],
  [
    'base64 of JSON',
    (make) => make.base64of(JSON.stringify({ user: 'bob', password: make.password() })),
    (s) => `payload ${s} refused`,
  ],
  [
    'base64 of a form',
    (make) => make.base64of(`grant_type=password&username=bob&password=${make.password()}`),
    (s) => `payload ${s} refused`,
  ],
]

export const shapes = [
  ...urls,
  ...dataSources,
  ...commands,
  ...statements,
  ...protocols,
  ...documents,
  ...keys,
  ...addresses,
  ...encoded,
]
