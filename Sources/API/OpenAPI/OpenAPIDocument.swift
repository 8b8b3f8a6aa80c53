// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The OpenAPI 3.1 document of the API.
///
/// docs/openapi.json is the same text; a test compares both, and each route with the code.
package enum OpenAPIDocument {
    /// The document.
    package static let json = #"""
        {
          "openapi": "3.1.0",
          "info": {
            "title": "Simple Scheduler",
            "version": "0.1.0",
            "license": {
              "name": "Apache-2.0",
              "identifier": "Apache-2.0"
            },
            "description": "Jobs, their schedules and their runs. docs/api.md explains what a schema cannot."
          },
          "paths": {
            "/api/jobs": {
              "get": {
                "operationId": "listJobs",
                "summary": "List jobs by name",
                "security": [
                  {
                    "bearer": []
                  }
                ],
                "x-required-scope": "jobs:read",
                "parameters": [
                  {
                    "name": "limit",
                    "in": "query",
                    "schema": {
                      "type": "integer",
                      "minimum": 1,
                      "maximum": 1000,
                      "default": 100
                    },
                    "description": "The most elements; a page of large ones may have fewer."
                  },
                  {
                    "name": "after",
                    "in": "query",
                    "schema": {
                      "$ref": "#/components/schemas/JobName"
                    },
                    "description": "The last name of the page before."
                  },
                  {
                    "name": "labels",
                    "in": "query",
                    "schema": {
                      "type": "string",
                      "maxLength": 1024
                    },
                    "description": "Only jobs with all of these labels: key=value,key2=value2."
                  }
                ],
                "responses": {
                  "200": {
                    "description": "A page of jobs.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "type": "array",
                          "items": {
                            "$ref": "#/components/schemas/Job"
                          }
                        }
                      }
                    },
                    "headers": {
                      "Link": {
                        "description": "rel=\"next\": the next page, where there is one.",
                        "schema": {
                          "type": "string"
                        }
                      }
                    }
                  },
                  "400": {
                    "$ref": "#/components/responses/Problem400"
                  },
                  "401": {
                    "$ref": "#/components/responses/Problem401"
                  },
                  "403": {
                    "$ref": "#/components/responses/Problem403"
                  },
                  "429": {
                    "$ref": "#/components/responses/Problem429"
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              },
              "post": {
                "operationId": "createJob",
                "summary": "Make a job",
                "security": [
                  {
                    "bearer": []
                  }
                ],
                "x-required-scope": "jobs:write",
                "requestBody": {
                  "required": true,
                  "content": {
                    "application/json": {
                      "schema": {
                        "$ref": "#/components/schemas/NewJob"
                      }
                    }
                  }
                },
                "responses": {
                  "201": {
                    "description": "Made.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "$ref": "#/components/schemas/JobReference"
                        }
                      }
                    },
                    "headers": {
                      "Location": {
                        "schema": {
                          "type": "string"
                        }
                      },
                      "ETag": {
                        "description": "The strong tag of the definition.",
                        "schema": {
                          "type": "string"
                        }
                      }
                    }
                  },
                  "400": {
                    "$ref": "#/components/responses/Problem400"
                  },
                  "401": {
                    "$ref": "#/components/responses/Problem401"
                  },
                  "403": {
                    "$ref": "#/components/responses/Problem403"
                  },
                  "409": {
                    "$ref": "#/components/responses/Problem409"
                  },
                  "413": {
                    "$ref": "#/components/responses/Problem413"
                  },
                  "415": {
                    "$ref": "#/components/responses/Problem415"
                  },
                  "422": {
                    "$ref": "#/components/responses/Problem422"
                  },
                  "429": {
                    "$ref": "#/components/responses/Problem429"
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              }
            },
            "/api/jobs/{name}": {
              "get": {
                "operationId": "getJob",
                "summary": "Show a job",
                "security": [
                  {
                    "bearer": []
                  }
                ],
                "x-required-scope": "jobs:read",
                "parameters": [
                  {
                    "name": "name",
                    "in": "path",
                    "required": true,
                    "schema": {
                      "$ref": "#/components/schemas/JobName"
                    }
                  }
                ],
                "responses": {
                  "200": {
                    "description": "The job.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "$ref": "#/components/schemas/Job"
                        }
                      }
                    },
                    "headers": {
                      "ETag": {
                        "description": "The strong tag of the definition.",
                        "schema": {
                          "type": "string"
                        }
                      }
                    }
                  },
                  "400": {
                    "$ref": "#/components/responses/Problem400"
                  },
                  "401": {
                    "$ref": "#/components/responses/Problem401"
                  },
                  "403": {
                    "$ref": "#/components/responses/Problem403"
                  },
                  "404": {
                    "$ref": "#/components/responses/Problem404"
                  },
                  "409": {
                    "$ref": "#/components/responses/Problem409"
                  },
                  "429": {
                    "$ref": "#/components/responses/Problem429"
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              },
              "patch": {
                "operationId": "updateJob",
                "summary": "Edit a job",
                "description": "A change of cron, timeZone or interval recomputes nextRunAt unless that is given too.",
                "security": [
                  {
                    "bearer": []
                  }
                ],
                "x-required-scope": "jobs:write",
                "parameters": [
                  {
                    "name": "name",
                    "in": "path",
                    "required": true,
                    "schema": {
                      "$ref": "#/components/schemas/JobName"
                    }
                  },
                  {
                    "name": "If-Match",
                    "in": "header",
                    "schema": {
                      "type": "string"
                    },
                    "description": "Do it only while the job has this ETag."
                  }
                ],
                "requestBody": {
                  "required": true,
                  "content": {
                    "application/json": {
                      "schema": {
                        "$ref": "#/components/schemas/JobPatch"
                      }
                    },
                    "application/merge-patch+json": {
                      "schema": {
                        "$ref": "#/components/schemas/JobPatch"
                      }
                    }
                  }
                },
                "responses": {
                  "204": {
                    "description": "Edited.",
                    "headers": {
                      "ETag": {
                        "description": "The strong tag of the definition.",
                        "schema": {
                          "type": "string"
                        }
                      }
                    }
                  },
                  "400": {
                    "$ref": "#/components/responses/Problem400"
                  },
                  "401": {
                    "$ref": "#/components/responses/Problem401"
                  },
                  "403": {
                    "$ref": "#/components/responses/Problem403"
                  },
                  "404": {
                    "$ref": "#/components/responses/Problem404"
                  },
                  "412": {
                    "$ref": "#/components/responses/Problem412"
                  },
                  "413": {
                    "$ref": "#/components/responses/Problem413"
                  },
                  "415": {
                    "$ref": "#/components/responses/Problem415"
                  },
                  "422": {
                    "$ref": "#/components/responses/Problem422"
                  },
                  "429": {
                    "$ref": "#/components/responses/Problem429"
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              },
              "delete": {
                "operationId": "deleteJob",
                "summary": "Delete a job",
                "security": [
                  {
                    "bearer": []
                  }
                ],
                "x-required-scope": "jobs:write",
                "parameters": [
                  {
                    "name": "name",
                    "in": "path",
                    "required": true,
                    "schema": {
                      "$ref": "#/components/schemas/JobName"
                    }
                  },
                  {
                    "name": "If-Match",
                    "in": "header",
                    "schema": {
                      "type": "string"
                    },
                    "description": "Do it only while the job has this ETag."
                  }
                ],
                "responses": {
                  "204": {
                    "description": "Gone; no further slot fires, active runs are cancelled."
                  },
                  "400": {
                    "$ref": "#/components/responses/Problem400"
                  },
                  "401": {
                    "$ref": "#/components/responses/Problem401"
                  },
                  "403": {
                    "$ref": "#/components/responses/Problem403"
                  },
                  "404": {
                    "$ref": "#/components/responses/Problem404"
                  },
                  "409": {
                    "$ref": "#/components/responses/Problem409"
                  },
                  "412": {
                    "$ref": "#/components/responses/Problem412"
                  },
                  "429": {
                    "$ref": "#/components/responses/Problem429"
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              }
            },
            "/api/jobs/{name}/run": {
              "post": {
                "operationId": "runJob",
                "summary": "Run a job now",
                "description": "Obeys allowConcurrentRuns and maxQueueCount; does not touch the schedule.",
                "security": [
                  {
                    "bearer": []
                  }
                ],
                "x-required-scope": "runs:write",
                "parameters": [
                  {
                    "name": "name",
                    "in": "path",
                    "required": true,
                    "schema": {
                      "$ref": "#/components/schemas/JobName"
                    }
                  },
                  {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "schema": {
                      "type": "string",
                      "minLength": 1,
                      "maxLength": 255,
                      "pattern": "^[!-~]+$"
                    },
                    "description": "Repeats of the request within a day give the same run."
                  }
                ],
                "requestBody": {
                  "required": false,
                  "content": {
                    "application/json": {
                      "schema": {
                        "$ref": "#/components/schemas/RunRequest"
                      }
                    }
                  }
                },
                "responses": {
                  "201": {
                    "description": "The run was made.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "$ref": "#/components/schemas/Run"
                        }
                      }
                    },
                    "headers": {
                      "Location": {
                        "schema": {
                          "type": "string"
                        }
                      }
                    }
                  },
                  "400": {
                    "$ref": "#/components/responses/Problem400"
                  },
                  "401": {
                    "$ref": "#/components/responses/Problem401"
                  },
                  "403": {
                    "$ref": "#/components/responses/Problem403"
                  },
                  "404": {
                    "$ref": "#/components/responses/Problem404"
                  },
                  "409": {
                    "$ref": "#/components/responses/Problem409"
                  },
                  "413": {
                    "$ref": "#/components/responses/Problem413"
                  },
                  "415": {
                    "$ref": "#/components/responses/Problem415"
                  },
                  "422": {
                    "$ref": "#/components/responses/Problem422"
                  },
                  "429": {
                    "$ref": "#/components/responses/Problem429"
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              }
            },
            "/api/jobs/{name}/preview": {
              "get": {
                "operationId": "previewJob",
                "summary": "Show the next slots",
                "security": [
                  {
                    "bearer": []
                  }
                ],
                "x-required-scope": "jobs:read",
                "parameters": [
                  {
                    "name": "name",
                    "in": "path",
                    "required": true,
                    "schema": {
                      "$ref": "#/components/schemas/JobName"
                    }
                  },
                  {
                    "name": "count",
                    "in": "query",
                    "schema": {
                      "type": "integer",
                      "minimum": 1,
                      "maximum": 1000,
                      "default": 10
                    },
                    "description": "How many."
                  }
                ],
                "responses": {
                  "200": {
                    "description": "The slots, in order.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "type": "array",
                          "maxItems": 1000,
                          "items": {
                            "$ref": "#/components/schemas/Slot"
                          }
                        }
                      }
                    }
                  },
                  "400": {
                    "$ref": "#/components/responses/Problem400"
                  },
                  "401": {
                    "$ref": "#/components/responses/Problem401"
                  },
                  "403": {
                    "$ref": "#/components/responses/Problem403"
                  },
                  "404": {
                    "$ref": "#/components/responses/Problem404"
                  },
                  "409": {
                    "$ref": "#/components/responses/Problem409"
                  },
                  "429": {
                    "$ref": "#/components/responses/Problem429"
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              }
            },
            "/api/runs": {
              "get": {
                "operationId": "listRuns",
                "summary": "List runs, newest first",
                "security": [
                  {
                    "bearer": []
                  }
                ],
                "x-required-scope": "runs:read",
                "parameters": [
                  {
                    "name": "limit",
                    "in": "query",
                    "schema": {
                      "type": "integer",
                      "minimum": 1,
                      "maximum": 1000,
                      "default": 100
                    },
                    "description": "The most elements; a page of large ones may have fewer."
                  },
                  {
                    "name": "after",
                    "in": "query",
                    "schema": {
                      "type": "string",
                      "pattern": "^[0-9a-fA-F]{24}$"
                    },
                    "description": "The last id of the page before."
                  },
                  {
                    "name": "jobName",
                    "in": "query",
                    "schema": {
                      "$ref": "#/components/schemas/JobName"
                    },
                    "description": "Of this job only."
                  },
                  {
                    "name": "status",
                    "in": "query",
                    "schema": {
                      "type": "array",
                      "items": {
                        "$ref": "#/components/schemas/RunStatus"
                      },
                      "maxItems": 20
                    },
                    "description": "In one of these statuses.",
                    "style": "form",
                    "explode": true
                  },
                  {
                    "name": "createdBefore",
                    "in": "query",
                    "schema": {
                      "type": "string",
                      "format": "date-time"
                    },
                    "description": "Made before this."
                  },
                  {
                    "name": "startedBefore",
                    "in": "query",
                    "schema": {
                      "type": "string",
                      "format": "date-time"
                    },
                    "description": "Started before this."
                  },
                  {
                    "name": "heartbeatBefore",
                    "in": "query",
                    "schema": {
                      "type": "string",
                      "format": "date-time"
                    },
                    "description": "Last heard of before this."
                  }
                ],
                "responses": {
                  "200": {
                    "description": "A page of runs.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "type": "array",
                          "items": {
                            "$ref": "#/components/schemas/Run"
                          }
                        }
                      }
                    },
                    "headers": {
                      "Link": {
                        "description": "rel=\"next\": the next page, where there is one.",
                        "schema": {
                          "type": "string"
                        }
                      }
                    }
                  },
                  "400": {
                    "$ref": "#/components/responses/Problem400"
                  },
                  "401": {
                    "$ref": "#/components/responses/Problem401"
                  },
                  "403": {
                    "$ref": "#/components/responses/Problem403"
                  },
                  "429": {
                    "$ref": "#/components/responses/Problem429"
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              }
            },
            "/api/runs/{id}": {
              "get": {
                "operationId": "getRun",
                "summary": "Show a run",
                "security": [
                  {
                    "bearer": []
                  }
                ],
                "x-required-scope": "runs:read",
                "parameters": [
                  {
                    "name": "id",
                    "in": "path",
                    "required": true,
                    "schema": {
                      "type": "string",
                      "pattern": "^[0-9a-fA-F]{24}$"
                    }
                  }
                ],
                "responses": {
                  "200": {
                    "description": "The run.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "$ref": "#/components/schemas/Run"
                        }
                      }
                    }
                  },
                  "400": {
                    "$ref": "#/components/responses/Problem400"
                  },
                  "401": {
                    "$ref": "#/components/responses/Problem401"
                  },
                  "403": {
                    "$ref": "#/components/responses/Problem403"
                  },
                  "404": {
                    "$ref": "#/components/responses/Problem404"
                  },
                  "429": {
                    "$ref": "#/components/responses/Problem429"
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              }
            },
            "/api/runs/{id}/cancel": {
              "post": {
                "operationId": "cancelRun",
                "summary": "Stop a run",
                "security": [
                  {
                    "bearer": []
                  }
                ],
                "x-required-scope": "runs:write",
                "parameters": [
                  {
                    "name": "id",
                    "in": "path",
                    "required": true,
                    "schema": {
                      "type": "string",
                      "pattern": "^[0-9a-fA-F]{24}$"
                    }
                  }
                ],
                "responses": {
                  "202": {
                    "description": "It is being stopped, or is stopped already."
                  },
                  "400": {
                    "$ref": "#/components/responses/Problem400"
                  },
                  "401": {
                    "$ref": "#/components/responses/Problem401"
                  },
                  "403": {
                    "$ref": "#/components/responses/Problem403"
                  },
                  "404": {
                    "$ref": "#/components/responses/Problem404"
                  },
                  "409": {
                    "$ref": "#/components/responses/Problem409"
                  },
                  "429": {
                    "$ref": "#/components/responses/Problem429"
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              }
            },
            "/api/managers": {
              "get": {
                "operationId": "listManagers",
                "summary": "List live Schedulers",
                "security": [
                  {
                    "bearer": []
                  }
                ],
                "x-required-scope": "jobs:read",
                "responses": {
                  "200": {
                    "description": "The live Schedulers.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "type": "array",
                          "items": {
                            "$ref": "#/components/schemas/Manager"
                          }
                        }
                      }
                    }
                  },
                  "400": {
                    "$ref": "#/components/responses/Problem400"
                  },
                  "401": {
                    "$ref": "#/components/responses/Problem401"
                  },
                  "403": {
                    "$ref": "#/components/responses/Problem403"
                  },
                  "429": {
                    "$ref": "#/components/responses/Problem429"
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              }
            },
            "/api/status": {
              "get": {
                "operationId": "getStatus",
                "summary": "Say that the API is there",
                "security": [],
                "responses": {
                  "200": {
                    "description": "It is.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "type": "object",
                          "required": [
                            "status"
                          ],
                          "properties": {
                            "status": {
                              "const": "OK"
                            }
                          }
                        }
                      }
                    }
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              }
            },
            "/api/openapi.json": {
              "get": {
                "operationId": "getDocument",
                "summary": "Show this document",
                "security": [],
                "responses": {
                  "200": {
                    "description": "OpenAPI 3.1.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "type": "object"
                        }
                      }
                    }
                  },
                  "503": {
                    "$ref": "#/components/responses/Problem503"
                  }
                }
              }
            },
            "/livez": {
              "get": {
                "operationId": "getLiveness",
                "summary": "Whether the process serves",
                "security": [],
                "responses": {
                  "200": {
                    "description": "It does.",
                    "content": {
                      "text/plain": {
                        "schema": {
                          "type": "string"
                        }
                      }
                    }
                  }
                }
              }
            },
            "/readyz": {
              "get": {
                "operationId": "getReadiness",
                "summary": "Whether requests can be answered",
                "security": [],
                "responses": {
                  "200": {
                    "description": "Yes.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "$ref": "#/components/schemas/Readiness"
                        }
                      }
                    }
                  },
                  "503": {
                    "description": "No; the checks say why.",
                    "content": {
                      "application/json": {
                        "schema": {
                          "$ref": "#/components/schemas/Readiness"
                        }
                      }
                    }
                  }
                }
              }
            },
            "/metrics": {
              "get": {
                "operationId": "getMetrics",
                "summary": "Metrics for Prometheus",
                "security": [],
                "responses": {
                  "200": {
                    "description": "Prometheus text format 0.0.4.",
                    "content": {
                      "text/plain": {
                        "schema": {
                          "type": "string"
                        }
                      }
                    }
                  }
                }
              }
            }
          },
          "components": {
            "responses": {
              "Problem400": {
                "description": "The request cannot be read, or a query parameter is at fault.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "Problem401": {
                "description": "No usable token.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "WWW-Authenticate": {
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "Problem403": {
                "description": "The token does not grant enough; see missing_scopes.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "WWW-Authenticate": {
                    "schema": {
                      "type": "string"
                    }
                  }
                }
              },
              "Problem404": {
                "description": "There is no such thing.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "Problem409": {
                "description": "The present state does not allow it.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "Problem412": {
                "description": "If-Match names another edition.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "Problem413": {
                "description": "The body is larger than 1 MiB.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "Problem415": {
                "description": "The body is not JSON.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "Problem422": {
                "description": "Fields are at fault; see errors.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                }
              },
              "Problem429": {
                "description": "Too many requests of this subject.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              },
              "Problem503": {
                "description": "Cannot be answered at the moment.",
                "content": {
                  "application/problem+json": {
                    "schema": {
                      "$ref": "#/components/schemas/Problem"
                    }
                  }
                },
                "headers": {
                  "Retry-After": {
                    "description": "Seconds to wait.",
                    "schema": {
                      "type": "integer"
                    }
                  }
                }
              }
            },
            "schemas": {
              "JobName": {
                "type": "string",
                "minLength": 1,
                "maxLength": 128,
                "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$",
                "description": "1 to 128 of A-Z a-z 0-9 . _ -, the first a letter or a digit, not ending in .action, .status or .heartbeat."
              },
              "Job": {
                "type": "object",
                "additionalProperties": false,
                "description": "A job as it is stored. Fields that have their default may be left out.",
                "required": [
                  "name",
                  "enabled",
                  "interval",
                  "runExecutionTimeout",
                  "runStartTimeout",
                  "maxQueueCount",
                  "allowConcurrentRuns",
                  "heartbeatTimeout"
                ],
                "properties": {
                  "name": {
                    "$ref": "#/components/schemas/JobName"
                  },
                  "enabled": {
                    "type": "boolean",
                    "description": "A disabled job is not fired; its runs in flight go on."
                  },
                  "nextRunAt": {
                    "type": "string",
                    "format": "date-time",
                    "description": "The next slot, never fired early. Left out in a new job: now with interval, the next slot with cron; a one-shot needs it."
                  },
                  "interval": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "The time between two slots; 0 and no cron = a one-shot."
                  },
                  "cron": {
                    "type": "string",
                    "maxLength": 256,
                    "description": "Five fields, or six with seconds first. Excludes interval."
                  },
                  "timeZone": {
                    "type": "string",
                    "maxLength": 64,
                    "description": "IANA zone of cron; UTC when absent."
                  },
                  "misfirePolicy": {
                    "enum": [
                      "once",
                      "skip",
                      "all"
                    ],
                    "description": "What becomes of slots that were missed."
                  },
                  "maxCatchUp": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 10000,
                    "description": "The most missed slots that the policy all makes up for."
                  },
                  "allowConcurrentRuns": {
                    "type": "boolean",
                    "description": "Whether a run is published while another one is active."
                  },
                  "maxQueueCount": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 1000000000,
                    "description": "The most pending runs; 0 = no limit."
                  },
                  "runStartTimeout": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "Pending longer than this is cancelled; 0 = never."
                  },
                  "runExecutionTimeout": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "Running longer than this is cancelled; 0 = never."
                  },
                  "heartbeatTimeout": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "Running and silent longer than this is started again; 0 = never."
                  },
                  "maxAttempts": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 1000,
                    "description": "How often a run is tried."
                  },
                  "retryBackoff": {
                    "type": "object",
                    "additionalProperties": false,
                    "description": "How long a failed run waits for its next attempt.",
                    "properties": {
                      "initial": {
                        "type": "integer",
                        "minimum": 0,
                        "maximum": 3153600000000,
                        "description": "The first wait, ms."
                      },
                      "factor": {
                        "type": "number",
                        "minimum": 1,
                        "maximum": 100
                      },
                      "max": {
                        "type": "integer",
                        "minimum": 0,
                        "maximum": 3153600000000,
                        "description": "The longest wait, ms."
                      }
                    }
                  },
                  "payload": {
                    "description": "Any JSON up to 256 KiB, sent with each action."
                  },
                  "startAt": {
                    "type": "string",
                    "format": "date-time",
                    "description": "No slot before this."
                  },
                  "endAt": {
                    "type": "string",
                    "format": "date-time",
                    "description": "No slot after this."
                  },
                  "jitter": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 86400000,
                    "description": "A stable offset per slot of at most so many ms."
                  },
                  "description": {
                    "type": "string",
                    "maxLength": 4096,
                    "description": "For people; at most 4,096 bytes."
                  },
                  "labels": {
                    "type": "object",
                    "maxProperties": 64,
                    "propertyNames": {
                      "pattern": "^[A-Za-z0-9_/-]{1,63}$"
                    },
                    "additionalProperties": {
                      "type": "string",
                      "maxLength": 128,
                      "pattern": "^[^,\\u0000-\\u001f\\u007f]*$"
                    },
                    "description": "To filter by. At most 128 bytes of UTF-8 per value."
                  },
                  "retention": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "Ended runs older than this are pruned; 0 = keep."
                  },
                  "managerId": {
                    "type": "string",
                    "pattern": "^[0-9a-fA-F]{24}$",
                    "description": "The Scheduler that holds the job."
                  },
                  "heartbeat": {
                    "type": "string",
                    "format": "date-time",
                    "description": "A sign of life of the Go program."
                  }
                }
              },
              "NewJob": {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "name"
                ],
                "properties": {
                  "name": {
                    "$ref": "#/components/schemas/JobName"
                  },
                  "enabled": {
                    "type": "boolean",
                    "default": true,
                    "description": "A disabled job is not fired; its runs in flight go on."
                  },
                  "nextRunAt": {
                    "type": [
                      "string",
                      "null"
                    ],
                    "format": "date-time",
                    "description": "The next slot, never fired early. Left out in a new job: now with interval, the next slot with cron; a one-shot needs it."
                  },
                  "interval": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "The time between two slots; 0 and no cron = a one-shot."
                  },
                  "cron": {
                    "type": [
                      "string",
                      "null"
                    ],
                    "maxLength": 256,
                    "description": "Five fields, or six with seconds first. Excludes interval."
                  },
                  "timeZone": {
                    "type": [
                      "string",
                      "null"
                    ],
                    "maxLength": 64,
                    "description": "IANA zone of cron; UTC when absent."
                  },
                  "misfirePolicy": {
                    "enum": [
                      "once",
                      "skip",
                      "all",
                      null
                    ],
                    "default": "once",
                    "description": "What becomes of slots that were missed."
                  },
                  "maxCatchUp": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "minimum": 1,
                    "maximum": 10000,
                    "default": 100,
                    "description": "The most missed slots that the policy all makes up for."
                  },
                  "allowConcurrentRuns": {
                    "type": "boolean",
                    "default": false,
                    "description": "Whether a run is published while another one is active."
                  },
                  "maxQueueCount": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 1000000000,
                    "default": 0,
                    "description": "The most pending runs; 0 = no limit."
                  },
                  "runStartTimeout": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "Pending longer than this is cancelled; 0 = never."
                  },
                  "runExecutionTimeout": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "Running longer than this is cancelled; 0 = never."
                  },
                  "heartbeatTimeout": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "Running and silent longer than this is started again; 0 = never."
                  },
                  "maxAttempts": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "minimum": 1,
                    "maximum": 1000,
                    "default": 1,
                    "description": "How often a run is tried."
                  },
                  "retryBackoff": {
                    "type": [
                      "object",
                      "null"
                    ],
                    "additionalProperties": false,
                    "description": "How long a failed run waits for its next attempt.",
                    "properties": {
                      "initial": {
                        "type": "integer",
                        "minimum": 0,
                        "maximum": 3153600000000,
                        "description": "The first wait, ms."
                      },
                      "factor": {
                        "type": "number",
                        "minimum": 1,
                        "maximum": 100
                      },
                      "max": {
                        "type": "integer",
                        "minimum": 0,
                        "maximum": 3153600000000,
                        "description": "The longest wait, ms."
                      }
                    }
                  },
                  "payload": {
                    "description": "Any JSON up to 256 KiB, sent with each action."
                  },
                  "startAt": {
                    "type": [
                      "string",
                      "null"
                    ],
                    "format": "date-time",
                    "description": "No slot before this."
                  },
                  "endAt": {
                    "type": [
                      "string",
                      "null"
                    ],
                    "format": "date-time",
                    "description": "No slot after this."
                  },
                  "jitter": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "minimum": 0,
                    "maximum": 86400000,
                    "description": "A stable offset per slot of at most so many ms."
                  },
                  "description": {
                    "type": [
                      "string",
                      "null"
                    ],
                    "maxLength": 4096,
                    "description": "For people; at most 4,096 bytes."
                  },
                  "labels": {
                    "type": [
                      "object",
                      "null"
                    ],
                    "maxProperties": 64,
                    "propertyNames": {
                      "pattern": "^[A-Za-z0-9_/-]{1,63}$"
                    },
                    "additionalProperties": {
                      "type": "string",
                      "maxLength": 128,
                      "pattern": "^[^,\\u0000-\\u001f\\u007f]*$"
                    },
                    "description": "To filter by. At most 128 bytes of UTF-8 per value."
                  },
                  "retention": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "Ended runs older than this are pruned; 0 = keep."
                  },
                  "managerId": {
                    "description": "Ignored."
                  },
                  "heartbeat": {
                    "description": "Ignored."
                  }
                }
              },
              "JobPatch": {
                "type": "object",
                "additionalProperties": false,
                "description": "Absent = unchanged, null = back to the default.",
                "properties": {
                  "name": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 128,
                    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$",
                    "description": "The job's own name, if any: it cannot be changed."
                  },
                  "enabled": {
                    "type": "boolean",
                    "description": "A disabled job is not fired; its runs in flight go on."
                  },
                  "nextRunAt": {
                    "type": [
                      "string",
                      "null"
                    ],
                    "format": "date-time",
                    "description": "The next slot, never fired early. Left out in a new job: now with interval, the next slot with cron; a one-shot needs it."
                  },
                  "interval": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "The time between two slots; 0 and no cron = a one-shot."
                  },
                  "cron": {
                    "type": [
                      "string",
                      "null"
                    ],
                    "maxLength": 256,
                    "description": "Five fields, or six with seconds first. Excludes interval."
                  },
                  "timeZone": {
                    "type": [
                      "string",
                      "null"
                    ],
                    "maxLength": 64,
                    "description": "IANA zone of cron; UTC when absent."
                  },
                  "misfirePolicy": {
                    "enum": [
                      "once",
                      "skip",
                      "all",
                      null
                    ],
                    "description": "What becomes of slots that were missed."
                  },
                  "maxCatchUp": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "minimum": 1,
                    "maximum": 10000,
                    "description": "The most missed slots that the policy all makes up for."
                  },
                  "allowConcurrentRuns": {
                    "type": "boolean",
                    "description": "Whether a run is published while another one is active."
                  },
                  "maxQueueCount": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 1000000000,
                    "description": "The most pending runs; 0 = no limit."
                  },
                  "runStartTimeout": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "Pending longer than this is cancelled; 0 = never."
                  },
                  "runExecutionTimeout": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "Running longer than this is cancelled; 0 = never."
                  },
                  "heartbeatTimeout": {
                    "type": "integer",
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "Running and silent longer than this is started again; 0 = never."
                  },
                  "maxAttempts": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "minimum": 1,
                    "maximum": 1000,
                    "description": "How often a run is tried."
                  },
                  "retryBackoff": {
                    "type": [
                      "object",
                      "null"
                    ],
                    "additionalProperties": false,
                    "description": "How long a failed run waits for its next attempt.",
                    "properties": {
                      "initial": {
                        "type": "integer",
                        "minimum": 0,
                        "maximum": 3153600000000,
                        "description": "The first wait, ms."
                      },
                      "factor": {
                        "type": "number",
                        "minimum": 1,
                        "maximum": 100
                      },
                      "max": {
                        "type": "integer",
                        "minimum": 0,
                        "maximum": 3153600000000,
                        "description": "The longest wait, ms."
                      }
                    }
                  },
                  "payload": {
                    "description": "Any JSON up to 256 KiB, sent with each action."
                  },
                  "startAt": {
                    "type": [
                      "string",
                      "null"
                    ],
                    "format": "date-time",
                    "description": "No slot before this."
                  },
                  "endAt": {
                    "type": [
                      "string",
                      "null"
                    ],
                    "format": "date-time",
                    "description": "No slot after this."
                  },
                  "jitter": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "minimum": 0,
                    "maximum": 86400000,
                    "description": "A stable offset per slot of at most so many ms."
                  },
                  "description": {
                    "type": [
                      "string",
                      "null"
                    ],
                    "maxLength": 4096,
                    "description": "For people; at most 4,096 bytes."
                  },
                  "labels": {
                    "type": [
                      "object",
                      "null"
                    ],
                    "maxProperties": 64,
                    "propertyNames": {
                      "pattern": "^[A-Za-z0-9_/-]{1,63}$"
                    },
                    "additionalProperties": {
                      "type": "string",
                      "maxLength": 128,
                      "pattern": "^[^,\\u0000-\\u001f\\u007f]*$"
                    },
                    "description": "To filter by. At most 128 bytes of UTF-8 per value."
                  },
                  "retention": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "minimum": 0,
                    "maximum": 3153600000000,
                    "description": "Ended runs older than this are pruned; 0 = keep."
                  },
                  "managerId": {
                    "description": "Ignored."
                  },
                  "heartbeat": {
                    "description": "Ignored."
                  }
                }
              },
              "JobReference": {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "name"
                ],
                "properties": {
                  "name": {
                    "$ref": "#/components/schemas/JobName"
                  }
                }
              },
              "RunRequest": {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                  "payload": {
                    "description": "In the place of the job's payload; any JSON up to 256 KiB."
                  }
                }
              },
              "RunStatus": {
                "enum": [
                  "pending",
                  "running",
                  "cancelling",
                  "cancelled",
                  "failed",
                  "completed"
                ]
              },
              "Run": {
                "type": "object",
                "required": [
                  "id",
                  "jobName",
                  "status",
                  "createdTime",
                  "attempt",
                  "trigger"
                ],
                "properties": {
                  "id": {
                    "type": "string",
                    "pattern": "^[0-9a-fA-F]{24}$"
                  },
                  "jobName": {
                    "$ref": "#/components/schemas/JobName"
                  },
                  "status": {
                    "$ref": "#/components/schemas/RunStatus"
                  },
                  "createdTime": {
                    "type": "string",
                    "format": "date-time",
                    "description": "When it was made."
                  },
                  "startTime": {
                    "type": "string",
                    "format": "date-time",
                    "description": "When the current attempt started."
                  },
                  "endTime": {
                    "type": "string",
                    "format": "date-time",
                    "description": "When it ended."
                  },
                  "heartbeat": {
                    "type": "string",
                    "format": "date-time",
                    "description": "When its worker was last heard of."
                  },
                  "scheduledTime": {
                    "type": "string",
                    "format": "date-time",
                    "description": "Its slot; absent for a manual run."
                  },
                  "attempt": {
                    "type": "integer",
                    "minimum": 1
                  },
                  "trigger": {
                    "enum": [
                      "schedule",
                      "manual"
                    ]
                  },
                  "payload": {
                    "description": "In the place of the job's payload."
                  },
                  "progress": {
                    "type": "number",
                    "minimum": 0,
                    "maximum": 1
                  },
                  "error": {
                    "type": "string"
                  },
                  "result": {
                    "description": "What the worker gave back."
                  },
                  "retryAt": {
                    "type": "string",
                    "format": "date-time",
                    "description": "When the next attempt is due."
                  },
                  "attempts": {
                    "type": "array",
                    "items": {
                      "type": "object"
                    },
                    "description": "The attempts before the current one."
                  }
                }
              },
              "Slot": {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "scheduledTime"
                ],
                "properties": {
                  "scheduledTime": {
                    "type": "string",
                    "format": "date-time",
                    "description": "The slot in UTC."
                  },
                  "localTime": {
                    "type": "string",
                    "description": "The same in the job's zone, with its offset; only with cron."
                  },
                  "dstTransition": {
                    "enum": [
                      "forward",
                      "back"
                    ],
                    "description": "Since the slot before, the zone's clock was put forward or back; only with cron."
                  }
                }
              },
              "Manager": {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "id",
                  "hostname",
                  "jobs"
                ],
                "properties": {
                  "id": {
                    "type": "string",
                    "pattern": "^[0-9a-fA-F]{24}$"
                  },
                  "hostname": {
                    "type": "string"
                  },
                  "heartbeat": {
                    "type": "string",
                    "format": "date-time",
                    "description": "Its last sign of life."
                  },
                  "jobs": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "How many jobs it holds."
                  }
                }
              },
              "Problem": {
                "type": "object",
                "required": [
                  "type",
                  "title",
                  "status",
                  "detail",
                  "error"
                ],
                "description": "RFC 9457.",
                "properties": {
                  "type": {
                    "type": "string"
                  },
                  "title": {
                    "type": "string"
                  },
                  "status": {
                    "type": "integer"
                  },
                  "detail": {
                    "type": "string"
                  },
                  "error": {
                    "type": "string",
                    "description": "The same as detail."
                  },
                  "errors": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "required": [
                        "field",
                        "detail"
                      ],
                      "properties": {
                        "field": {
                          "type": "string"
                        },
                        "detail": {
                          "type": "string"
                        }
                      }
                    }
                  },
                  "missing_scopes": {
                    "type": "array",
                    "items": {
                      "type": "string"
                    }
                  },
                  "runStatus": {
                    "$ref": "#/components/schemas/RunStatus"
                  }
                }
              },
              "Readiness": {
                "type": "object",
                "required": [
                  "status",
                  "checks"
                ],
                "properties": {
                  "status": {
                    "enum": [
                      "ready",
                      "not ready"
                    ]
                  },
                  "checks": {
                    "type": "object",
                    "additionalProperties": {
                      "type": "object",
                      "required": [
                        "ok",
                        "detail"
                      ],
                      "properties": {
                        "ok": {
                          "type": "boolean"
                        },
                        "detail": {
                          "type": "string"
                        }
                      }
                    }
                  }
                }
              }
            },
            "securitySchemes": {
              "bearer": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "A JWT access token of the OpenID provider."
              }
            }
          }
        }
        """#
}
