# docker build -t scim-tests .
# docker run --rm --user "$(id -u):$(id -g)" -e SCIM_TESTS_TOKEN -v "$PWD:/work" scim-tests run --target-url URL --yes
FROM python:3.13-slim
COPY pyproject.toml README.md LICENSE /source/
COPY scim_tests /source/scim_tests
COPY reference_server /source/reference_server
COPY fixtures /source/fixtures
# [load] brings what loads need, which runs do not: docker build --build-arg EXTRA=[load] …
ARG EXTRA
RUN pip install --no-cache-dir "/source$EXTRA" && rm -r /source && mkdir -m 1777 /work
# Nobody by default, and whoever --user names: neither needs an account here or a home of its own.
ENV HOME=/tmp
USER 65534:65534
WORKDIR /work
ENTRYPOINT ["scim-tests"]
CMD ["run", "--reference"]
