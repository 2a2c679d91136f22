// Whether the daemon of this container lives: asks where it says that its status is served. Ends with 0 or 1.
import { readFileSync } from 'node:fs';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { join } from 'node:path';

const file = join(process.env.MASSIVE_KDB_STATE_DIRECTORY ?? '/var/lib/massive-kdb', 'status-address.json');

function end(code, text) {
  console.log(text);
  process.exit(code);
}

try {
  const url = new URL('/health/live', JSON.parse(readFileSync(file, 'utf8')).address);
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  // It is this container's own daemon, whatever name its certificate has; by an address such as 0.0.0.0, which stands for
  // all of them, it is not to be asked.
  const options = { rejectUnauthorized: false, timeout: 4000, headers: { host: 'localhost' } };
  const request = get(url, options, response => {
    response.resume();
    end(response.statusCode === 200 ? 0 : 1, `${url.pathname} answers ${response.statusCode}`);
  });
  request.on('timeout', () => end(1, `${url.pathname} does not answer`));
  request.on('error', error => end(1, `${url.pathname}: ${error.message}`));
} catch (error) {
  end(1, `${file} does not say where: ${error.message}`);
}
