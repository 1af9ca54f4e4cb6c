export { healthReady as GET } from '#server/http/health'
