export { healthLive as GET } from '#server/http/health'
