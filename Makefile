.DEFAULT_GOAL := help
SHELL := bash

.PHONY: help
help: ## Show this list
	@echo "Orderly, a Telegram bot that remembers"
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Run
.PHONY: up demo down logs chat psql clean
up: ## Start the bot; without a token, the demo on this machine
	@scripts/up
demo: ## Start the demo, also where the real bot runs
	@scripts/up demo
down: ## Stop it; the data stays
	@scripts/down
logs: ## Follow what the services say
	@scripts/compose logs --follow --tail 100
chat: ## Talk to the demo's bot in this terminal
	@scripts/demo exec emulator python -m emulator chat
psql: ## Open the database
	@scripts/compose exec postgres psql --username migrator orderly
clean: ## Remove the demo with its data, the images and the tools
	@scripts/clean

##@ Work on it
.PHONY: migration texts test check fmt lock bench screenshots
migration: ## Begin a migration: make migration NAME=add_orders
	@scripts/ensure-venv
	@scripts/migration "$$NAME"
texts: ## Collect what the bot says into the catalogues of its languages
	@scripts/ensure-venv
	@.venv/bin/python scripts/texts.py
test: ## Everything: lint, types, unit, integration and end-to-end tests
	@scripts/ensure-docker
	@scripts/ensure-images
	@scripts/ensure-venv
	@scripts/ensure-node
	@scripts/ensure-browser >/dev/null
	@scripts/lint
	@.venv/bin/pytest --numprocesses 2 --no-loadscope-reorder
check: ## The quick part: lint, types, unit tests
	@scripts/ensure-docker
	@scripts/ensure-venv
	@scripts/ensure-node
	@scripts/lint
	@.venv/bin/pytest tests/unit
fmt: ## Format the code and mend what can be mended
	@scripts/ensure-venv
	@.venv/bin/ruff format --quiet .
	@.venv/bin/ruff check --fix .
lock: ## Renew the locked dependencies
	@scripts/ensure-venv
	@scripts/ensure-node
	@scripts/lock
bench: ## Measure what the documentation claims
	@scripts/ensure-docker
	@scripts/ensure-images
	@scripts/ensure-venv
	@scripts/ensure-browser >/dev/null
	@PYTHONPATH=emulator/src .venv/bin/python -m benchmarks
screenshots: ## Renew the pictures of the documentation; the demo forgets its chats and its three people
	@scripts/up demo
	@scripts/ensure-venv
	@PYTHONPATH=services/bot/src:emulator/src:. .venv/bin/python scripts/screenshots.py "http://$$(scripts/demo port emulator 8081)"
