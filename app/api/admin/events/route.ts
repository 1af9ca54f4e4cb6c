export { adminEvents as GET } from '#server/telemetry/http/admin-events'
