import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPublicAddress } from './addresses.ts';
import { createEgress, EgressRefused } from './egress.ts';

describe('addresses', () => {
  test.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8', '172.32.0.1', '100.128.0.1'])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true));
  test.each([
    '127.0.0.1', '127.255.1.1', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '224.0.0.1', '255.255.255.255', '192.0.0.192', '198.18.0.1',
    '::1', '::', 'fe80::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::ffff:10.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:4136:e378::', '::7f00:1', 'fe80::1%eth0', 'example.org', '',
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('requests', () => {
  let server: Server;
  let origin: string;
  let asked: string[] = [];
  let target = '/end';
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/redirect') response.writeHead(302, { location: target }).end();
      else response.end('secret');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  test.each([
    'http://127.0.0.1/', 'http://example.org/', 'https://127.0.0.1/', 'https://2130706433/', 'https://0x7f000001/', 'https://0177.0.0.1/', 'https://127.1/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/',
    'https://169.254.169.254/latest/meta-data/', 'https://[fd00:ec2::254]/', 'https://10.0.0.1/', 'https://example.org:8080/', 'https://user:pass@example.org/', 'file:///etc/passwd', 'ftp://example.org/', 'gopher://x', '//x', 'https://', 'https://①②⑦.⓪.⓪.①/',
  ])('%s is refused before anything is sent', async (url) => {
    const egress = createEgress({ resolve: () => expect.unreachable('was resolved') });
    await expect(egress.fetch(url)).rejects.toThrow(EgressRefused);
    await egress.close();
  });
  test.each([[['127.0.0.1']], [['8.8.8.8', '10.0.0.1']], [['::1']], [['169.254.169.254']], [[]]])('a name that resolves to %j is refused, and resolved once', async (addresses) => {
    let resolved = 0;
    const egress = createEgress({
      resolve: (_name, done) => {
        resolved++;
        done(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
      },
    });
    await expect(egress.fetch('https://rebind.example/')).rejects.toThrow(EgressRefused);
    expect(resolved).toBe(1);
    await egress.close();
  });
  test('every redirect is judged', async () => {
    const egress = createEgress({ allowedOrigins: [origin], resolve: (_name, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) });
    asked = [];
    target = '/end';
    expect(await (await egress.fetch(`${origin}/redirect`)).text()).toBe('secret');
    expect(asked).toEqual(['/redirect', '/end']);
    for (target of ['http://127.0.0.1:1/', 'https://localhost/', 'https://169.254.169.254/', `${origin.replace('127.0.0.1', 'localhost')}/end`, `${origin}/redirect`]) {
      await expect(egress.fetch(`${origin}/redirect`)).rejects.toThrow(EgressRefused);
    }
    await expect(egress.fetch(`${origin}/redirect`, { method: 'POST', body: 'x' })).rejects.toThrow(EgressRefused);
    await egress.close();
  });
});
