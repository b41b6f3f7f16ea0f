import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const hasOpenssl = (): boolean => spawnSync('openssl', ['version']).status === 0;

/** A time stamping authority made with openssl: a root, a signer, and what they answer. */
export function testAuthority(folder: string) {
  const file = (name: string) => join(folder, name);
  const openssl = (...options: string[]) => execFileSync('openssl', options, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'root.key',
    '-out',
    'root.pem',
    '-days',
    '3650',
    '-subj',
    '/CN=Test root',
  );
  openssl('req', '-new', ...key, '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=Test TSA');
  writeFileSync(
    file('tsa.ext'),
    'extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n',
  );
  const signed = [
    '-CA',
    'root.pem',
    '-CAkey',
    'root.key',
    '-CAcreateserial',
    '-days',
    '3650',
    '-extfile',
    'tsa.ext',
  ];
  openssl('x509', '-req', '-in', 'tsa.csr', ...signed, '-out', 'tsa.pem');
  writeFileSync(file('serial'), '01\n');
  writeFileSync(
    file('tsa.cnf'),
    `[tsa]
default_tsa = config
[config]
serial = ${file('serial')}
signer_cert = ${file('tsa.pem')}
signer_key = ${file('tsa.key')}
certs = ${file('root.pem')}
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`,
  );
  return {
    root: readFileSync(file('root.pem'), 'utf8'),
    /** The answer to a request, DER. */
    stamp(request: Buffer): Buffer {
      writeFileSync(file('request.tsq'), request);
      openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'request.tsq', '-out', 'reply.tsr');
      return readFileSync(file('reply.tsr'));
    },
    /** @throws unless openssl accepts the answer for the data */
    verify(answer: string, data: string): void {
      openssl('ts', '-verify', '-in', answer, '-data', data, '-CAfile', 'root.pem');
    },
  };
}
