import { apache, type FrontKind, type FrontServer, nginx, startFront } from './front-server.js'

/** A shared cache before the server at `origin`. Its answers say in `X-Cache` whether they come from the store. */
type SharedCache = (origin: string) => FrontKind

const apacheCache =
  (modules: readonly string[], settings: readonly string[]): SharedCache =>
  (origin) =>
    apache(['cache', ...modules], ({ folder }) =>
      ['CacheHeader on', ...settings.map((line) => line.replaceAll('FOLDER', folder)), `ProxyPass / ${origin}/`].join(
        '\n',
      ),
    )

const nginxCache =
  (settings: readonly string[]): SharedCache =>
  (origin) =>
    nginx(({ folder, port }) =>
      [
        `proxy_cache_path ${folder}/cache keys_zone=pages:1m;`,
        `server { listen 127.0.0.1:${port}; location / {`,
        `proxy_pass ${origin};`,
        'proxy_cache pages;',
        'add_header X-Cache $upstream_cache_status always;',
        ...settings,
        '} }',
      ].join('\n'),
    )

/** Shared caches as sites have them, and with everything that a cache may do of its own accord. None ignores a header. */
export const sharedCaches = {
  'Apache mod_cache_disk': apacheCache(['cache_disk'], ['CacheRoot FOLDER', 'CacheEnable disk /']),
  'Apache mod_cache_socache, eager': apacheCache(
    ['cache_socache', 'socache_shmcb'],
    [
      'CacheSocache shmcb:FOLDER/cache(1048576)',
      'CacheEnable socache /',
      'CacheIgnoreNoLastMod On',
      'CacheDefaultExpire 600',
      'CacheStoreExpired On',
    ],
  ),
  nginx: nginxCache(['proxy_cache_valid 200 1m;']),
  'nginx, eager': nginxCache([
    'proxy_cache_valid any 1m;',
    'proxy_cache_revalidate on;',
    'proxy_cache_use_stale error timeout updating http_500;',
    'proxy_cache_lock on;',
  ]),
} satisfies Record<string, SharedCache>

export const startSharedCache = (name: keyof typeof sharedCaches, origin: string): Promise<FrontServer> =>
  startFront(sharedCaches[name](origin))
