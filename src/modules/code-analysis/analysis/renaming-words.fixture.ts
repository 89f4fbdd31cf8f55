/** Words of Python, Java and Go, of their frameworks and libraries, and of OpenAPI, that a renamed project keeps. */
export const KEPT_ELSEWHERE = `
  and assert def del elif except exec global is lambda nonlocal not or pass print raise None True False self cls __init__ __name__ init
  main conftest typing Annotated Optional Union list dict str int float bool bytes uuid py toml pyproject project format items get os
  getenv environ pydantic BaseModel BaseSettings pydantic_settings staticmethod classmethod property enumerate format args kwargs
  fastapi FastAPI APIRouter include_router add_api_route add_api_websocket_route api_route websocket mount prefix tags responses staticfiles
  StaticFiles Depends Security Query Path Header Cookie Body Form File UploadFile WebSocket include_in_schema response_model status_code
  starlette alias testclient TestClient openapi_url title trace HTTPException
  flask Flask Blueprint url_prefix register_blueprint add_url_rule view_func endpoint as_view MethodView View views dispatch_request
  flask_restful flask_restx flask_smorest Api Resource add_resource Namespace add_namespace init_app route string any
  com org net util java annotation record package throws extends Override final abstract
  springframework web bind stereotype RestController Controller RequestMapping GetMapping PostMapping PutMapping DeleteMapping PatchMapping
  RequestParam PathVariable RequestHeader CookieValue RequestBody ExceptionHandler RequestMethod Component Service value required
  defaultValue consumes reactive function RouterFunction RouterFunctions RequestPredicates ServerResponse nest accept andRoute andNest
  build Bean Configuration context annotation boot MediaType APPLICATION_JSON http HttpMethod openfeign FeignClient cloud client
  RestTemplate WebClient spring servlet application yml yaml properties resources CONTEXT_PATH ROUTE
  func go mod map range struct chan defer fallthrough goto select type module require const fmt Sprintf github example gin gonic Engine
  RouterGroup IRouter HandlerFunc Context Default New Group Handle Any Match Static StaticFile Use Recovery NoRoute BasicAuth Accounts
  LoadHTMLGlob MethodGet MethodPost labstack echo Echo Add v4 v2 v5 gofiber fiber Router App Route Mount Get Post Put Delete Patch chi
  NewRouter With Method Handle HandleFunc NewServeMux ServeMux StripPrefix FileServer Dir ListenAndServe net _test testing resty Run
  openapi swagger info title servers url variables default paths parameters components schema in query header path cookie body formData
  responses requestBody content basePath host pathItems webhooks $ref typescript version description type name required
  requests httpx AsyncClient aiohttp click typer celery Celery pytest responses cobra RouteConfiguration`;
