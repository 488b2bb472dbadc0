# The sample shop. See docker-compose.yml.
FROM node:22-slim
WORKDIR /shop
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm run build:sample
USER node
EXPOSE 3000
CMD ["node", "dist-sample/main.js"]
