export { adminOpenApi as GET } from '#server/http/admin-open-api'
