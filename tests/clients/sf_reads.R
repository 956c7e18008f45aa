# Opens the API and exports by sf, filters, saves, reads again, and prints what every table holds, one
# line each: name, rows, budgets, cents, partial dates, themes, types, separated by tabs. sf writes no
# lists: what it is to write is asked for with flat=1.
#
# usage: Rscript sf_reads.R http://127.0.0.1:8080/api FOLDER
library(sf)

arguments <- commandArgs(trailingOnly = TRUE)
api <- arguments[1]
folder <- arguments[2]

held <- function(name, table) {
  # lists as the reader has them, as JSON in tables, or flat with strokes
  texts <- sapply(table$themes, function(some) paste(some[!is.na(some)], collapse = "|"))
  themes <- lengths(regmatches(texts, gregexpr("[a-z-]+", texts)))
  cat(name, nrow(table), sum(!is.na(table$budget_eur)), sprintf("%.0f", sum(round(table$budget_eur * 100), na.rm = TRUE)),
      sum(!is.na(table$start) & nchar(as.character(table$start)) < 10), sum(themes), class(table$start)[1],
      class(table$budget_eur)[1], sep = "\t")
  cat("\n")
}

sources <- list(
  api = list(paste0("OAPIF:", api, "?flat=1"), "partnerships"),
  geojson = list(paste0(api, "/export/partnerships.geojson?flat=1"), NULL),
  gpkg = list(paste0("/vsicurl/", api, "/export/partnerships.gpkg"), NULL),
  fgb = list(paste0("/vsicurl/", api, "/export/partnerships.fgb"), NULL)
)
for (name in names(sources)) {
  source <- sources[[name]]
  table <- if (is.null(source[[2]])) read_sf(source[[1]]) else read_sf(source[[1]], layer = source[[2]])
  held(name, table)
  file <- file.path(folder, paste0("of-", name, ".gpkg"))
  write_sf(table, file, layer = "saved")
  held(paste0(name, ", saved"), read_sf(file))
}
held("lists", read_sf(paste0("OAPIF:", api), layer = "partnerships"))
held("filtered", read_sf(paste0("OAPIF:", api), query = "SELECT * FROM partnerships WHERE country_code = 'DE'"))
