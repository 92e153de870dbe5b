# One image for every process of a studio; docker-compose.yml says which one a container runs.

FROM node:22-slim AS frontend
WORKDIR /studio/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run bundle

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /studio
# On Linux pip takes the CUDA build of torch, several GB. For machines without a GPU, name the package index of the CPU
# build: docker-compose build --build-arg TORCH_INDEX=...
ARG TORCH_INDEX=""
COPY pyproject.toml constraints.txt README.md ./
RUN python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
print('\n'.join(p['dependencies'] + p['optional-dependencies']['farm']))" > /wanted.txt \
    && PIP_EXTRA_INDEX_URL="$TORCH_INDEX" pip install -c constraints.txt -r /wanted.txt
COPY manage.py LICENSE ./
COPY kernels/ kernels/
COPY generation/ generation/
COPY projects/ projects/
COPY webapp/ webapp/
COPY docs/samples/coffee.jpg docs/samples/
COPY --from=frontend /studio/frontend/dist/ frontend/dist/
# Everything that must survive lies in /data; nothing else is written.
RUN useradd --system --uid 10001 --create-home studio && install -d -o studio /data /data/static
USER studio
ENV SCENELOOM_DATA=/data PYTHONPATH=/studio
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "--lifespan", "off", "--host", "0.0.0.0", "--port", "8000", "--ws-max-size", "65536", "webapp.asgi:application"]
